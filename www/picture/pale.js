// A picture in one pale colour, that of the text around it, and without classes: for pages that have not loaded the styles
// of pictures. Whole pixels are near enough for it.

import { node } from './nodes.js';

/** @typedef {import('./nodes.js').Node} Node */

/** How strong the marks are, by the first of these that is among their classes; what is in none of them is left out. */
const FILLED = [['use', 0.22], ['fresh', 0.1], ['band', 0.14], ['chip', 0.25], ['walker', 0.25], ['walk-tip', 0.5], ['tip', 0.5], ['ok', 0.4], ['failed', 0.4]];
const LINED = ['light', 'wait', 'sleep', 'nest', 'thin', 'link', 'got', 'dot', 'test-ring', 'walk', 'walk-stop', 'way', 'deadline', 'scissors', 'bracket'];

/**
 * @param {Node} picture
 * @returns {Node}
 */
export function pale(picture) {
  const { viewBox = '' } = picture.attributes;
  const attributes = { class: 'pale', viewBox, role: 'img', 'font-size': 13, fill: 'currentColor' };
  return node('pale', 'svg', attributes, kept(picture.content));
}

/**
 * @param {Node[] | string} content
 * @returns {Node[]}
 */
function kept(content) {
  if (typeof content === 'string') return [];
  /** @type {Node[]} */
  const all = [];
  for (const node of content.flatMap(keep)) {
    const last = all.at(-1);
    // Neighbours of one look are one path, which takes fewer letters.
    if (last?.tag === 'path' && node.tag === 'path' && last.attributes.opacity === node.attributes.opacity && last.attributes.fill === node.attributes.fill) {
      last.attributes.d = `${last.attributes.d}${node.attributes.d}`;
    } else all.push(node);
  }
  return all;
}

/**
 * @param {Node} from
 * @returns {Node[]}
 */
function keep({ key, tag, attributes, content }) {
  if (tag === 'title') return [node(key, tag, {}, content)];
  const { class: looks = '', ...rest } = attributes;
  const shape = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, whole(value)]));
  if (tag === 'g') {
    const inner = kept(content);
    return inner.length === 0 ? [] : [node(key, tag, shape, inner)];
  }
  const classes = String(looks).split(' ');
  if (tag === 'text') return [node(key, tag, classes.includes('strong') ? { ...shape, 'font-weight': 600 } : shape, content)];
  const look = classes.some((name) => LINED.includes(name)) && !classes.includes('ok') && !classes.includes('failed') ? 'lined' : FILLED.find(([name]) => classes.includes(String(name)));
  if (look === undefined) return [];
  return [node(key, tag, look === 'lined' ? { ...shape, fill: 'none', stroke: 'currentColor', opacity: 0.5 } : { ...shape, opacity: look[1] ?? 1 }, content)];
}

/**
 * A value with its numbers rounded.
 * @param {string | number} value
 */
function whole(value) {
  return typeof value === 'number' ? Math.round(value) : value.replace(/-?\d*\.\d+/g, (number) => String(Math.round(Number(number))));
}
