// A whole run as one picture that does not move: for a card, a file, a page without scripts.

import { AXIS, axis, sheet } from './draw.js';
import { layout } from './layout.js';
import { near, node } from './nodes.js';
import { pale } from './pale.js';
import { Scale } from './scale.js';
import { brokenIn } from '../run/recording.js';

/**
 * @typedef {import('./nodes.js').Node} Node
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 * @typedef {import('../run/recording.js').Recording} Recording
 */

/** To the right of the last moment, in pixels. */
export const RIGHT = 14;
/** Of more rows a card shows the first. */
const MOST_ROWS = 16;

/**
 * A picture without words, scaled down to a card.
 * @param {Recording} recording
 * @param {{width: number, height: number}} size in pixels
 * @returns {Node}
 */
export function card(recording, { width, height }) {
  const rows = layout(recording, { bare: true }).rows.filter(({ kind }) => kind !== 'strip').slice(0, MOST_ROWS);
  const last = rows.at(-1);
  const natural = last === undefined ? 1 : last.y + last.height;
  const factor = Math.min(1, (height - 8) / natural);
  const top = (height - natural * factor) / 2;
  const fitted = rows.map((row) => {
    const [y, height] = [near(top + row.y * factor), near(row.height * factor)];
    return 'head' in row ? { ...row, y, height, head: near(row.head * factor) } : { ...row, y, height };
  });
  const view = viewOf(recording, { width, left: 6, right: 6, words: false });
  const attributes = { class: 'picture', viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' };
  return node('card', 'svg', attributes, sheet(fitted, view, { bottom: height, head: false }));
}

/**
 * A picture of a whole run.
 * @param {Recording} recording
 * @param {{width: number, title: string}} options `title` says in words what it shows
 * @returns {Node}
 */
export function picture(recording, { width, title }) {
  const { rows, height, left } = layout(recording, { gauges: false, width });
  return framed(rows, height, viewOf(recording, { width, left, right: RIGHT, words: true }), title);
}

/**
 * The same picture while the run is played: at a cursor, with its play head.
 * @param {Recording} recording
 * @param {{width: number, title: string, cursor: number, now: number}} options `now` is the time at the play head, in ms
 * @returns {Node}
 */
export function pictureAt(recording, { width, title, cursor, now }) {
  const { rows, height, left } = layout(recording, { gauges: false, width });
  const view = viewOf(recording, { width, left, right: RIGHT, words: true });
  return framed(rows, height, { ...view, cursor, now }, title, true);
}

/**
 * A picture for a page before anything has run: pale, in one colour, and small. It needs no style sheet.
 * @param {Recording} recording
 * @param {{width: number, title: string}} options `title` says in words what it shows
 * @returns {Node}
 */
export function palePicture(recording, options) {
  return pale(picture(recording, options));
}

/**
 * Axis and rows in one.
 * @param {Row[]} rows
 * @param {number} height of the rows, in pixels
 * @param {View} view
 * @param {string} title
 * @param {boolean} [head] whether the play head is drawn
 * @returns {Node}
 */
export function framed(rows, height, view, title, head = false) {
  const [width, full] = [view.left + view.scale.width + RIGHT, height + AXIS + 8];
  return node('picture', 'svg', { class: 'picture', viewBox: `0 0 ${width} ${full}`, width, height: full, role: 'img' }, [
    node('title', 'title', {}, title),
    node('axis', 'g', {}, axis(view, head)),
    node('rows', 'g', { transform: `translate(0 ${AXIS})` }, sheet(rows, view, { bottom: height + 4, head })),
  ]);
}

/**
 * @param {Recording} recording
 * @param {{width: number, left: number, right: number, words: boolean}} options
 * @returns {View}
 */
export function viewOf(recording, { width, left, right, words }) {
  const scale = new Scale();
  scale.width = width - left - right;
  scale.grow(recording.end);
  return { recording, cursor: recording.length, now: recording.end, scale, left, words, chosen: null, broken: brokenIn(recording) };
}
