// A button that copies the link to a run; where the clipboard cannot be written to, the link itself appears.

import { h } from '../dom.js';

/** @param {() => string | Promise<string>} address gives the link */
export function copyLink(address) {
  const copy = h('button', { type: 'button', class: 'quiet' }, 'Copy link');
  const plain = h('a', { hidden: true }, 'Link to this run');
  const node = h('div', { class: 'link', hidden: true }, copy, plain);
  copy.addEventListener('click', async () => {
    try {
      // There is no clipboard on a page that came without encryption.
      await navigator.clipboard.writeText(await address());
      copy.textContent = 'Link copied';
    } catch {
      plain.href = await address();
      [copy.hidden, plain.hidden] = [true, false];
      plain.focus();
    }
  });
  return {
    node,
    /** There is a run to link to, or another one. */
    async offer() {
      if (!plain.hidden) plain.href = await address();
      copy.textContent = 'Copy link';
      node.hidden = false;
    },
  };
}
