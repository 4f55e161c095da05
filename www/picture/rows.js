// What the rows of a picture have in common: the view, the layers, names, and stretches that become bars.

import { near, node } from './nodes.js';
import { LETTER, STRONG, fitting, widthOf } from './texts.js';

/**
 * @typedef {import('./layout.js').Row} Row
 * @typedef {import('./nodes.js').Node} Node
 * @typedef {{task: number, from: number, to: number} | null} Chosen
 *
 * @typedef {object} View what is drawn, and from where
 * @property {import('../run/recording.js').Recording} recording
 * @property {number} cursor
 * @property {number} now the time at the play head, in ms
 * @property {import('./scale.js').Scale} scale
 * @property {number} left the width of the names, in pixels
 * @property {boolean} words whether there is room for words, arrows and flags
 * @property {Chosen} chosen
 * @property {ReadonlySet<number>} broken the places of the events that broke a rule
 *
 * @typedef {{back: Node[], marks: Node[], links: Node[], words: Node[]}} Layers
 * @typedef {{from: number, to: number, texts: string[]}} Stretch in pixels; of its texts the first that fits is written
 */

/** Stretches of fewer pixels that follow one another are drawn as one. */
export const NARROW = 3;
/** A bar that is less high holds no words. */
const LEAST_FOR_WORDS = 14;

/**
 * @param {Layers} layers
 * @param {string} key
 * @param {Row} row
 * @param {string} text
 * @param {View} view
 * @param {{looks?: string, y?: number}} [options]
 */
export function writeName({ words }, key, row, text, view, { looks = 'name', y = row.height / 2 } = {}) {
  if (!view.words) return;
  const letter = looks.includes('strong') ? STRONG : LETTER;
  words.push(node(`${key} ${looks}`, 'text', { class: looks, x: 4, y: near(row.y + y + 4.5) }, fitting(text, view.left - 8, letter)));
}

/**
 * Writes a text where there is room to the right of a place, else to its left, else nowhere.
 * @param {Layers} layers
 * @param {string} key
 * @param {string[]} texts from the longest to the shortest
 * @param {{x: number, y: number, looks?: string, from?: number}} place `y` is the middle of the text, `from` the end of what
 *   is to the left
 * @param {View} view
 */
export function writeAt({ words }, key, texts, { x, y, looks = 'beside', from = -Infinity }, { left, scale, words: wanted }) {
  if (!wanted) return;
  const end = left + scale.width + 10;
  for (const text of texts) {
    const right = x + 8 + widthOf(text) <= end;
    if (!right && x - 8 - widthOf(text) < Math.max(left, from)) continue;
    words.push(node(key, 'text', { class: looks, x: near(right ? x + 8 : x - 8), y: near(y + 4.5), 'text-anchor': right ? 'start' : 'end' }, text));
    return;
  }
}

/**
 * Stretches by their looks, in pixels and within the view; narrow neighbours become one.
 */
export class Stretches {
  /** @type {Map<string, Stretch[]>} */
  byLooks = new Map();
  #view;

  /** @param {View} view */
  constructor(view) {
    this.#view = view;
  }

  /**
   * @param {string} looks
   * @param {number} from in ms
   * @param {number} to
   * @param {...string} texts
   */
  add(looks, from, to, ...texts) {
    const { left, scale } = this.#view;
    const start = left + Math.max(scale.x(from), -4);
    const end = left + Math.min(scale.x(to), scale.width + 4);
    if (end < left - 4 || start > left + scale.width + 4) return;
    const list = this.byLooks.get(looks) ?? [];
    this.byLooks.set(looks, list);
    const last = list.at(-1);
    const narrow = last !== undefined && end - start < NARROW && start - last.to < 1;
    if (narrow && last.texts.length === 0) last.to = Math.max(end, last.to);
    else if (!narrow || end - last.to > 0.5) list.push({ from: start, to: end, texts: end - start < NARROW ? [] : texts });
  }
}

/**
 * Writes the words of a bar that has no room in it: to its right, else to its left.
 * @param {Layers} layers
 * @param {string} key
 * @param {Stretch} stretch
 * @param {{y: number, after: number}} bar `after` is the end of what is to its left, in pixels
 * @param {View} view
 */
export function writeBeside(layers, key, { from, to, texts }, { y, after }, view) {
  const { left, scale } = view;
  const right = texts.find((text) => widthOf(text) < left + scale.width - to - 9);
  if (right !== undefined) return writeAt(layers, key, [right], { x: to + 1, y }, view);
  const before = texts.find((text) => from - 8 - widthOf(text) > Math.max(after, left));
  if (before !== undefined && view.words) layers.words.push(node(key, 'text', { class: 'beside', x: near(from - 8), y: near(y + 4.5), 'text-anchor': 'end' }, before));
}

/**
 * Writes the words of a bar: the longest that fit in it or beside it. Returns whether there was room.
 * @param {Layers} layers
 * @param {string} key
 * @param {Stretch} stretch
 * @param {{y: number, height: number, looks: string, beside?: string[], after?: number}} bar `y` is its middle; `beside` are the
 *   words that may stand beside it; `after` is the end of what is to its left, in pixels
 * @param {View} view
 */
export function writeIn(layers, key, { from, to, texts }, { y, height, looks, beside = [], after = Infinity }, view) {
  const { left, scale, words: wanted } = view;
  if (!wanted || height < LEAST_FOR_WORDS) return true;
  const [start, end] = [Math.max(from, left), Math.min(to, left + scale.width)];
  const letter = looks.startsWith('use') || looks.startsWith('state') ? STRONG : LETTER;
  const put = (/** @type {string} */ looks, /** @type {number} */ x, /** @type {string} */ anchor, /** @type {string} */ text) => {
    layers.words.push(node(key, 'text', { class: looks, x: near(x), y: near(y + 4.5), 'text-anchor': anchor }, text));
    return true;
  };
  for (const text of texts) {
    if (text.length * letter < end - start - 4) return put(`in ${looks}`, (start + end) / 2, 'middle', text);
    if (!beside.includes(text)) continue;
    if (widthOf(text) < left + scale.width - end) return put('beside', end + 9, 'start', text);
    if (start - 9 - widthOf(text) > Math.max(after, left)) return put('beside', start - 9, 'end', text);
  }
  return false;
}
