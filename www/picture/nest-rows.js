// Boxes in each other: what a request goes into, from the outside in, and where it turns back.

import { described } from '../run/described.js';
import { milliseconds } from '../run/text.js';
import { near, node } from './nodes.js';
import { writeName } from './rows.js';
import { arrow, box, flag } from './shapes.js';
import { LETTER, widthOf } from './texts.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 * @typedef {import('../run/resources.js').Use} Use
 * @typedef {{use: Use, depth: number, from: number, to: number, top: number, bottom: number}} Box in pixels
 */

/** An inner box is so much narrower at each side, and begins so much lower, in pixels. */
const IN = 12;
const DOWN = 22;
/** A box that takes no time has room for its name all the same. */
const LEAST = 190;

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'nest'}} row
 * @param {View} view
 */
export function drawNest(layers, row, view) {
  const { task, height } = row;
  const { recording, cursor, scale, left } = view;
  const key = `nest ${task.id}`;
  if ((task.marks[0] ?? Infinity) >= cursor) return;
  writeName(layers, key, row, task.name, view, { looks: 'name strong' });
  const { nest = [] } = described(recording);
  const boxes = boxesOf(row, view, nest);
  const innermost = nest.at(-1);
  for (const { use, depth, from, to, top, bottom } of boxes) {
    const works = use.of === innermost;
    const wrong = view.broken.has(use.seq) || view.broken.has(use.ended);
    const looks = `${works ? 'use' : `nest depth-${depth % 2}`}${wrong ? ' wrong' : ''}`;
    layers.marks.push(node(`${key} ${use.seq}`, 'path', { class: looks, d: box(from, to, top, bottom - top, works ? 3 : 6) }));
    if (!view.words) continue;
    const lasts = recording.axis.ms(use.ended < cursor ? use.to : view.now) - recording.axis.ms(use.from);
    if (works) {
      const text = [`${use.of}, ${milliseconds(lasts)} ms`, use.of].find((text) => widthOf(text) < to - from - 8);
      if (text !== undefined) layers.words.push(node(`${key} ${use.seq}`, 'text', { class: `in ${looks}`, x: near((from + to) / 2), y: near((top + bottom) / 2 + 4.5), 'text-anchor': 'middle' }, text));
    } else layers.words.push(node(`${key} ${use.seq}`, 'text', { class: 'in nest', x: near(from + 8), y: near(top + 15) }, use.of));
  }
  if (!view.words) return;
  drawLines(layers, row, view, boxes);
  const [outer, last] = [boxes[0], boxes.at(-1)];
  if (outer === undefined || last === undefined) return;
  // The way in, and the way out once the outermost box is left.
  const y = row.y + height / 2 + (last.use.of === innermost ? 0 : 8);
  const inward = last.use.of === innermost ? last.from : last.from + 26;
  let d = arrow(outer.from - 14, inward - 1, y);
  const over = outer.use.ended < cursor;
  if (over && last.use.of === innermost) d += arrow(last.to + 1, Math.min(outer.to + 14, left + scale.width + 13), y);
  // It was turned back before it came to the work.
  else if (over) d += `M${near(inward)} ${near(y)}q8 0 8 5q0 5 -8 5${arrow(inward, outer.from - 14, y + 10)}`;
  layers.links.push(node(`${key} way`, 'path', { class: over && last.use.of !== innermost ? 'way back' : 'way', d }));
}

/**
 * @param {Row & {kind: 'nest'}} row
 * @param {View} view
 * @param {string[]} nest
 * @returns {Box[]} from the outside in
 */
function boxesOf({ task, y, height, depth: most }, { cursor, now, scale, left }, nest) {
  /** @type {Use[]} */
  let open = [];
  /** @type {Box[]} */
  const boxes = [];
  const step = Math.min(DOWN, (height - 10) / (2 * most));
  for (const use of task.uses) {
    if (use.seq >= cursor) break;
    if (!nest.includes(use.of)) continue;
    open = [...open.filter(({ ended }) => ended > use.seq), use];
    const depth = open.length - 1;
    const outer = boxes.findLast((box) => box.use === open[depth - 1]);
    const from = outer === undefined ? left + scale.x(use.from) + 16 : Math.max(left + scale.x(use.from) + 16 + depth * IN, outer.from + IN);
    const end = left + Math.min(scale.x(use.ended < cursor ? use.to : now), scale.width) - depth * IN;
    const to = outer === undefined ? Math.max(end, from + Math.min(LEAST, scale.width - 20)) : Math.min(Math.max(end, from + 40), outer.to - IN);
    boxes.push({ use, depth, from, to: Math.max(to, from + 10), top: y + 4 + depth * step, bottom: y + height - 4 - depth * step * 0.8 });
  }
  return boxes;
}

/**
 * The lines of the output, in the boxes in which they were written: at the side of the way in, or of the way out.
 * @param {Layers} layers
 * @param {Row & {kind: 'nest'}} row
 * @param {View} view
 * @param {Box[]} boxes
 */
function drawLines({ words, links }, { task }, { recording, cursor }, boxes) {
  for (const { use, from, to, top } of boxes) {
    let left = from + 8 + (use.of.length + 2) * LETTER;
    let right = to - 8;
    for (let seq = use.seq + 1; seq < Math.min(use.ended, cursor) && seq < use.seq + 400; seq += 1) {
      const event = recording.events[seq];
      if (event?.kind !== 'log' || event.task !== task.id) continue;
      // It belongs to the innermost box that is open.
      if (boxes.some((other) => other.use.seq > use.seq && other.use.seq < seq && other.use.ended > seq)) continue;
      const before = boxes.every((other) => other.use.seq <= use.seq || other.use.seq > seq);
      const line = event.line.trim();
      const text = [line, line.split(' ')[0] ?? ''].find((text) => widthOf(text) <= right - left);
      const [x, width] = [before ? left : right, text === undefined ? 8 : widthOf(text)];
      if (text === undefined) links.push(node(`line ${seq}`, 'path', { class: 'flag', d: flag(x, top + 6) }));
      else words.push(node(`line ${seq}`, 'text', { class: 'in line', x: near(x), y: near(top + 15), 'text-anchor': before ? 'start' : 'end' }, text));
      if (before) left += width + 10;
      else right -= width + 10;
    }
  }
}
