// The key to a timeline: each shape that is in it, with its word.

import { h } from '../dom.js';
import { endingPath, spanPath, tickPath } from './shapes.js';
import { svg } from './sketch.js';
import { WORDS } from '../run/spans.js';

/**
 * @typedef {import('../run/spans.js').Kind} Kind
 * @typedef {import('../run/spans.js').Ending} Ending
 */

const KINDS = /** @type {Kind[]} */ (['running', 'sleep', 'permit', 'flight', 'rate', 'lock', 'other', 'ready']);
const ENDINGS = /** @type {Ending[]} */ (['finished', 'failed', 'cancelled', 'unfinished']);

/**
 * Lists what a drawing shows.
 * @param {HTMLElement} list
 * @param {SVGSVGElement} sheet
 */
export function legend(list, sheet) {
  const kinds = KINDS.filter((kind) => sheet.querySelector(`.span.${kind}`) !== null);
  const endings = ENDINGS.filter((ending) => sheet.querySelector(`.ending.${ending}`) !== null);
  const ticks = sheet.querySelector('.tick') !== null;
  const shown = [...kinds, ...endings, ticks].join(' ');
  if (list.dataset.shown === shown) return;
  list.dataset.shown = shown;
  list.replaceChildren(
    ...kinds.map((kind) => item(`span ${kind}`, spanPath(kind, 2, 26, 10), kind === 'other' ? 'waiting for something else' : WORDS[kind])),
    ...endings.map((ending) => item(`ending ${ending}`, endingPath(ending, 14, 10), WORDS[ending])),
    ...(ticks ? [item('tick', tickPath(14, 16), 'line written')] : []),
  );
}

/**
 * @param {string} name
 * @param {string} d
 * @param {string} word
 */
function item(name, d, word) {
  return h('li', {}, svg('svg', { width: 28, height: 20 }, svg('path', { class: name, d })), word);
}
