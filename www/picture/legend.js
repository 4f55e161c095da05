// The key to a picture: each look that is in it, with its word and a sample.

import { WORDS } from '../run/spans.js';
import { node } from './nodes.js';
import { shapeOf } from './dots.js';
import { box, endingPath, flag, hatch, line, ring, scissors, tip } from './shapes.js';

/**
 * @typedef {import('./nodes.js').Node} Node
 * @typedef {import('../run/spans.js').Ending} Ending
 */

/** The size of a sample, in pixels. */
export const SAMPLE = { width: 28, height: 20 };

const BAR = box(2, 26, 4, 12, 5);
const LINE = line(2, 26, 10);
const DOWN = `M14 2V13${tip(14, 18, 1)}`;
const ENDINGS = /** @type {Ending[]} */ (['finished', 'failed', 'cancelled']);

/** @typedef {[looks: string, word: string, path: string]} Entry */

/** In the order in which they are listed. @type {Entry[]} */
const ENTRIES = [
  ['use', 'holds a resource', BAR],
  ['use light', 'under way', BAR],
  ['use wrong', 'broke a rule', BAR],
  ['nest depth-0', 'layer', BAR],
  ['fresh fade-0', 'still fresh', BAR],
  ['sleep', WORDS.sleep, BAR],
  ['wait', WORDS.wait, BAR],
  ['thin held', 'works on what it holds', LINE],
  ['thin running', WORDS.running, LINE],
  ['thin ready', WORDS.ready, LINE],
  ['dot ok', 'call answered', shapeOf('ok', 14, 10, 6)],
  ['dot failed', 'call failed', shapeOf('failed', 14, 10, 6)],
  ['dot refused', 'call refused', shapeOf('refused', 14, 10, 6)],
  ['dot gone', 'call given up', shapeOf('gone', 14, 10, 6)],
  ['test-ring', 'test call', ring(14, 10, 9)],
  ...ENDINGS.map((ending) => /** @type {Entry} */ ([`ending ${ending}`, WORDS[ending], endingPath(ending, 14, 10, 6)])),
  ['hatch', 'never finished, or never given back', hatch(2, 26, 4, 12)],
  ['deadline', 'deadline', 'M14 2V18'],
  ['scissors', 'cancelled', scissors(14, 10)],
  ['link', 'was given it', DOWN],
  ['link begun', 'begins', DOWN],
  ['link turn', 'changed the state', DOWN],
  ['got', 'was woken', ring(14, 10, 4)],
  ['interference', 'you interfered', 'M14 2V18'],
  ['broken', 'a rule was broken here', ring(14, 10, 6)],
  ['flag', 'line written', flag(14, 6)],
];

/**
 * What is in a picture.
 * @param {Node[]} nodes
 * @returns {{word: string, sample: Node}[]}
 */
export function legend(nodes) {
  const looks = new Set(nodes.flatMap(looksIn));
  const listed = ENTRIES.filter(([name]) => looks.has(name));
  return listed.map(([name, word, d]) => ({ word, sample: node(name, 'path', { class: name, d }) }));
}

/**
 * The looks of the paths in a node.
 * @param {Node} node
 * @returns {string[]}
 */
function looksIn({ tag, attributes, content }) {
  if (tag === 'path' || tag === 'rect') return [String(attributes.class)];
  return typeof content === 'string' ? [] : content.flatMap(looksIn);
}
