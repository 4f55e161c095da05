// What every page of the site does: hints one at a time, marks for exercises that are done, and marked source lines for
// the bar or output line that the reader clicked. The code that marks lines is loaded on the first click.

import './hint-list.js';
import './progress-mark.js';
import { judged } from './progress.js';

document.addEventListener('verdict', (event) => judged(/** @type {CustomEvent} */ (event).detail));

document.addEventListener('click', async ({ target }) => {
  const button = target instanceof Element ? target.closest('button.copy') : null;
  if (button) (await import('./source.js')).copySource(button);
});

/** The last click. The code that marks lines may load too late for it. @type {unknown} */
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

// Few readers open it, so it is loaded when opened.
document.querySelector('.offline')?.addEventListener('toggle', () => void import('./offline-switch.js'), { once: true });
