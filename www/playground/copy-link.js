// A button that copies the link to a run; where the clipboard cannot be written to, the link itself appears.

import { h } from '../dom.js';

/**
 * @param {() => string | Promise<string>} address gives the link
 * @param {(error: unknown) => void} failed says why there is none
 */
export function copyLink(address, failed) {
  const copy = h('button', { type: 'button', class: 'quiet' }, 'Copy link');
  const plain = h('a', { hidden: true }, 'Link to this run');
  const node = h('div', { class: 'link', hidden: true }, copy, plain);
  const made = async () => {
    try {
      return await address();
    } catch (error) {
      failed(error);
      return null;
    }
  };
  const swap = (/** @type {boolean} */ copies) => [copy.hidden, plain.hidden] = [!copies, copies];
  copy.addEventListener('click', async () => {
    const link = await made();
    if (link === null) return;
    try {
      // There is no clipboard on a page that came without encryption.
      await navigator.clipboard.writeText(link);
      copy.textContent = 'Link copied';
    } catch {
      plain.href = link;
      swap(false);
      plain.focus();
    }
  });
  return {
    node,
    /** There is a run to link to, or another one. */
    async offer() {
      const link = plain.hidden ? null : await made();
      if (link === null) swap(true);
      else plain.href = link;
      copy.textContent = 'Copy link';
      node.hidden = false;
    },
  };
}
