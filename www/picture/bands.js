// Rows of what is not a task's: the states of a component, and the interferences.

import { near, node } from './nodes.js';
import { LETTER, writeIn, writeName } from './rows.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 */

/** States have this many looks, by the order in which a component comes to them. */
const LOOKS = 3;

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'band'}} row
 * @param {View} view
 */
export function drawBand(layers, row, view) {
  const { name, y, height } = row;
  const { recording, cursor, now, scale, left } = view;
  const turns = recording.states.get(name) ?? [];
  const states = [...new Set(turns.flatMap(({ from, state }) => [from, state]))];
  const key = `band ${name}`;
  writeName(layers, key, row, name, view, { looks: 'name strong' });
  let [from, state, count] = [0, turns[0]?.from ?? '', 0];
  let lastNarrow = -Infinity;
  const block = (/** @type {number} */ until) => {
    const [start, end] = [Math.max(scale.x(from), 0), Math.min(scale.x(until), scale.width)];
    count += 1;
    if (end < start || until < scale.from || from > scale.to || (end - start < 1 && start - lastNarrow < 2)) return;
    if (end - start < 1) lastNarrow = start;
    const looks = `state-${states.indexOf(state) % LOOKS}`;
    // A state that takes no time is a state all the same, on top of its neighbours.
    const layer = end > start ? layers.marks : layers.links;
    const width = near(Math.max(end - start, 4));
    const tall = end > start ? 0 : 2;
    layer.push(node(`${key} ${count}`, 'rect', { class: `band ${looks}`, x: near(left + start), y: y + 4 - tall, width, height: height - 8 + 2 * tall, rx: 2 }));
    const stretch = { from: left + start, to: left + end, texts: [state] };
    writeIn(layers, `${key} ${count} word`, stretch, { y: y + height / 2, height: height - 8, looks, beside: false }, view);
  };
  for (const turn of turns) {
    if (turn.seq >= cursor) break;
    block(turn.at);
    [from, state] = [turn.at, turn.state];
  }
  if (cursor > 0) block(now);
}

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'interference'}} row
 * @param {View} view
 * @param {number} bottom of the lines through all rows
 */
export function drawInterferences(layers, row, view, bottom) {
  const { recording, cursor, scale, left } = view;
  writeName(layers, 'interference', row, 'interference', view);
  let written = 0;
  recording.interferences.forEach((seq, place) => {
    const event = recording.events[seq];
    if (seq >= cursor || event?.kind !== 'interfere' || event.at < scale.from || event.at > scale.to) return;
    const x = near(left + scale.x(event.at));
    layers.links.push(node(`interference ${place}`, 'path', { class: 'interference', d: `M${x} ${row.y + 4}V${bottom}` }));
    if (!view.words) return;
    const text = event.task === null ? event.what : `${event.what} ${recording.tasks[event.task]?.name ?? ''}`;
    const right = x > left + scale.width - text.length * LETTER;
    const from = right ? x - 6 - text.length * LETTER : x + 6;
    if (from < written) return;
    written = from + text.length * LETTER + 8;
    const attributes = { class: 'beside', x: x + (right ? -6 : 6), y: row.y + 16, 'text-anchor': right ? 'end' : 'start' };
    layers.words.push(node(`interference ${place}`, 'text', attributes, text));
  });
}
