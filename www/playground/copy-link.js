// A button that copies the link to a run; where there is no clipboard to write to, the link itself is there.

import { h } from '../dom.js';

export function copyLink() {
  let address = '';
  const copy = h('button', { type: 'button', class: 'quiet' }, 'Copy link');
  const plain = h('a', { hidden: true }, 'Link to this run');
  const node = h('div', { class: 'link', hidden: true }, copy, plain);
  copy.addEventListener('click', async () => {
    try {
      // There is none on a page that came without encryption.
      await navigator.clipboard.writeText(address);
      copy.textContent = 'Link copied';
    } catch {
      [copy.hidden, plain.hidden] = [true, false];
      plain.focus();
    }
  });
  return {
    node,
    /** @param {string} href */
    offer(href) {
      address = href;
      plain.href = href;
      copy.textContent = 'Copy link';
      node.hidden = false;
    },
  };
}
