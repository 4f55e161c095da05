// What the pages of the site do beside the bench: hints one at a time, and marks for what has passed.

import './elements/hint-list.js';
import './elements/passed-mark.js';
import { markPassed } from './passed.js';

document.addEventListener('verdict', (event) => {
  const { exercise, report } = /** @type {CustomEvent} */ (event).detail;
  if (report.verdict === 'passed' && report.variant === 'sound') markPassed(exercise);
});
