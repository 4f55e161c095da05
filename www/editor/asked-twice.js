// A button for what cannot be taken back: the first press asks, the second one does it. A dialog of the browser would not do: in a
// frame with a sandbox it does not open.

import { h } from '../dom.js';

/**
 * @param {string} name
 * @param {() => void} act
 */
export function askedTwice(name, act) {
  const button = h('button', { type: 'button', class: 'small', 'aria-live': 'polite' }, name);
  let asking = false;
  const ask = (/** @type {boolean} */ now) => {
    asking = now;
    button.textContent = now ? `${name}? Press again` : name;
  };
  button.addEventListener('click', ({ detail }) => {
    // A double click is one press.
    if (asking && detail > 1) return;
    if (asking) act();
    ask(!asking);
    // Not every browser moves the focus to a button that is clicked.
    button.focus();
  });
  button.addEventListener('blur', () => ask(false));
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !asking) return;
    // What is around it may close with the same key.
    event.stopPropagation();
    ask(false);
  });
  return button;
}
