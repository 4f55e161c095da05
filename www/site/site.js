// What the pages of the site do beside the bench: hints one at a time, marks for what has passed, and the lines of the
// source that belong to what was chosen on a timeline. What marks them comes with the first choice.

import './hint-list.js';
import './passed-mark.js';
import { markPassed } from './progress.js';

document.addEventListener('verdict', (event) => {
  const { exercise, report } = /** @type {CustomEvent} */ (event).detail;
  if (report.verdict === 'passed' && report.program === 'correct') markPassed(exercise);
});

/** The last choice: what marks it may come to a later one first. @type {unknown} */
let choice = null;

document.addEventListener('sourceline', async (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  const { file, line, reveal } = detail;
  const files = document.querySelector('.sources')?.getAttribute('data-files')?.split(' ');
  if (files?.includes(file)) event.preventDefault();
  choice = detail;
  const { markSource } = await import('./source.js');
  if (choice === detail) await markSource(file, line, reveal);
});

// Asked for by few, so it is not loaded before.
document.querySelector('.offline')?.addEventListener('toggle', () => void import('./offline-switch.js'), { once: true });
