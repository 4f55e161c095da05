// What the rows of a picture have in common: the view, the layers, names, and stretches that become bars.

import { near, node } from './nodes.js';

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

/** About the width of a letter, in pixels. */
export const LETTER = 7.2;
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
 * @param {{looks?: string, indent?: number, y?: number}} [options]
 */
export function writeName({ words }, key, row, text, view, { looks = 'name', indent = 0, y = row.height / 2 } = {}) {
  if (!view.words) return;
  words.push(node(`${key} ${looks}`, 'text', { class: looks, x: 4 + indent, y: near(row.y + y + 4.5) }, fitting(text, view.left - indent - 10)));
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
 * Writes the words of a bar: in it, or beside it where there is room, else nowhere.
 * @param {Layers} layers
 * @param {string} key
 * @param {Stretch} stretch
 * @param {{y: number, height: number, looks: string, beside: boolean}} bar `y` is its middle
 * @param {View} view
 */
export function writeIn({ words }, key, { from, to, texts }, { y, height, looks, beside }, { left, scale, words: wanted }) {
  if (!wanted || height < LEAST_FOR_WORDS) return;
  const [start, end] = [Math.max(from, left), Math.min(to, left + scale.width)];
  const fits = (/** @type {string} */ text, /** @type {number} */ room) => text.length * LETTER < room - 10;
  const inside = texts.find((text) => fits(text, end - start));
  const text = inside ?? texts.find((text) => beside && fits(text, left + scale.width - end));
  if (text === undefined) return;
  const x = near(inside !== undefined ? (start + end) / 2 : end + 9);
  const anchor = inside === undefined ? 'start' : 'middle';
  words.push(node(key, 'text', { class: inside === undefined ? 'beside' : `in ${looks}`, x, y: near(y + 4.5), 'text-anchor': anchor }, text));
}

/**
 * A text, cut where it would be wider than the pixels it has.
 * @param {string} text
 * @param {number} pixels
 */
export function fitting(text, pixels) {
  const most = Math.max(Math.floor(pixels / LETTER), 3);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
