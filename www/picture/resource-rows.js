// The row of a resource: a solid bar for each task that holds it, side by side where they overlap.

import { firstPlace } from '../run/recording.js';
import { slotBox } from './layout.js';
import { near, node } from './nodes.js';
import { Stretches, writeIn, writeName } from './rows.js';
import { box, hatch } from './shapes.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 * @typedef {import('../run/resources.js').Use} Use
 */

/** A use that takes no time is seen all the same, in pixels. */
const LEAST = 4;

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'resource'}} row
 * @param {View} view
 */
export function drawResource(layers, row, view) {
  const { resource, y, height } = row;
  const key = `resource ${resource.name}`;
  const { back, marks } = layers;
  const { left, scale } = view;
  back.push(node(key, 'rect', { class: 'stripe', x: left, y, width: near(scale.width), height, rx: 4 }));
  const first = resource.slots[0]?.[0]?.seq ?? Infinity;
  if (first >= view.cursor) return;
  const crowded = resource.most > resource.slots.length;
  writeName(layers, key, row, resource.name, view, { looks: 'name strong', y: crowded ? height / 2 - 9 : height / 2 });
  if (crowded) writeName(layers, key, row, `${resource.slots.length} of ${resource.most}`, view, { looks: 'value', y: height / 2 + 9 });
  resource.slots.forEach((uses, slot) => {
    const { top, height } = slotBox(row, slot);
    for (const [looks, list] of stretchesOf(uses, view).byLooks) {
      // A hair's breadth parts those that follow one another.
      const boxes = list.map(({ from, to }) => ({ from: from + 0.5, to: Math.max(to - 0.5, from + LEAST) }));
      const d = boxes.map(({ from, to }) => box(from, to, top, height)).join('');
      marks.push(node(`${key} ${slot} ${looks}`, 'path', { class: looks, d }));
      if (looks === 'lost') {
        const lines = boxes.map(({ from, to }) => hatch(from, to, top, height)).join('');
        marks.push(node(`${key} ${slot} hatch`, 'path', { class: 'hatch', d: lines }));
      }
      list.forEach((stretch, place) => {
        writeIn(layers, `${key} ${slot} ${looks} ${place}`, stretch, { y: top + height / 2, height, looks, beside: false }, view);
      });
    }
  });
}

/**
 * @param {Use[]} uses of one slot, in order
 * @param {View} view
 */
function stretchesOf(uses, view) {
  const { recording, cursor, now, scale, broken } = view;
  const stretches = new Stretches(view);
  for (let place = firstPlace(uses.length, (place) => (uses[place]?.to ?? 0) >= scale.from); place < uses.length; place += 1) {
    const use = uses[place];
    if (use === undefined || use.seq >= cursor || use.from > scale.to) break;
    const task = recording.tasks[use.task];
    const over = use.ended < cursor;
    const wrong = broken.has(use.seq) || broken.has(use.ended);
    const text = use.label ?? task?.name ?? '';
    const end = task !== undefined && task.ended < cursor ? recording.events[task.ended] : undefined;
    // Who has ended and still holds it gives it back no more.
    const lost = !over && end?.kind === 'task' && end.phase !== 'unfinished' ? end.at : null;
    stretches.add(wrong ? 'use wrong' : 'use', use.from, over ? use.to : (lost ?? now), text);
    if (lost !== null) stretches.add('lost', lost, now, 'never given back');
  }
  return stretches;
}
