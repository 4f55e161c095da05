// The picture of the correct run, pale, where nothing has been run yet, with an invitation across it.

import { before } from '../api/engine.js';
import { h } from '../dom.js';

/**
 * A page of ours has it between the element's tags. On another page it is loaded; without it, only the invitation is there.
 * @param {HTMLElement} host
 * @param {import('../api/brief.js').Brief} info
 * @returns {HTMLElement}
 */
export function pictureBefore(host, { slug, picture }) {
  const given = host.querySelector(':scope > figure.before')?.cloneNode(true);
  if (given instanceof HTMLElement) return given;
  const figure = h('figure', { class: 'before' }, h('figcaption', {}, picture?.invitation ?? ''));
  Promise.all([before(slug), import('./svg.js')]).then(
    ([node, { svg }]) => figure.prepend(svg(node)),
    () => {},
  );
  return figure;
}
