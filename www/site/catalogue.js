// What the index does beside what every page does: it says how far the reader is, and plays the run beside its headline.
// The code that plays it is loaded when it is first played.

import './progress-summary.js';

document.addEventListener('click', async ({ target }) => {
  const button = target instanceof Element ? target.closest('.stampede .play') : null;
  if (button) await (await import('./stampede.js')).playStampede(button);
});
