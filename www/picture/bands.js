// Rows of what is not a task's: the states of a component, and the interferences.

import { described, filledIn } from '../run/described.js';
import { near, node } from './nodes.js';
import { writeIn, writeName } from './rows.js';
import { widthOf } from './texts.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 */

/** The looks of states that an exercise does not describe, by the order in which a component comes to them. */
const LOOKS = ['plain', 'trial', 'shut'];

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'band'}} row
 * @param {View} view
 */
export function drawBand(layers, row, view) {
  const { name, height, head } = row;
  const y = row.y + head;
  const { recording, cursor, now, scale, left } = view;
  const turns = recording.states.get(name) ?? [];
  const names = [...new Set(turns.flatMap(({ from, state }) => [from, state]))];
  const about = described(recording).states?.[name] ?? {};
  const key = `band ${name}`;
  writeName(layers, key, row, name, view, { looks: 'name strong', y: head + (height - head) / 2 });
  let [from, state, count] = [0, turns[0]?.from ?? '', 0];
  let [lastNarrow, written] = [-Infinity, -Infinity];
  const block = (/** @type {number} */ until) => {
    const [start, end] = [Math.max(scale.x(from), 0), Math.min(scale.x(until), scale.width)];
    count += 1;
    if (end < start || until < scale.from || from > scale.to || (end - start < 1 && start - lastNarrow < 2)) return;
    if (end - start < 1) lastNarrow = start;
    const [look = LOOKS[names.indexOf(state) % LOOKS.length], ...spelled] = about[state] ?? [];
    const texts = spelled.length === 0 ? [state] : spelled.map((text) => filledIn(recording, text));
    const looks = `state-${look}`;
    // A state that takes no time is a state all the same, on top of its neighbours.
    const short = end - start < 6;
    const layer = short ? layers.links : layers.marks;
    const [width, tall] = [near(Math.max(end - start, 5)), short ? 3 : 0];
    layer.push(node(`${key} ${count}`, 'rect', { class: `band ${looks}`, x: near(left + start - (short ? 2.5 : 0)), y: near(y + 3 - tall), width, height: near(Math.max(height - head - 6, 1) + 2 * tall), rx: 2 }));
    const stretch = { from: left + start, to: left + end, texts };
    if (!short && writeIn(layers, `${key} ${count} word`, stretch, { y: y + (height - head) / 2, height: height - head - 6, looks }, view)) return;
    const text = texts.at(-1) ?? state;
    const half = widthOf(text) / 2 + 4;
    const x = Math.min(Math.max(left + (start + end) / 2, left + half), left + scale.width + 8 - half);
    if (head === 0 || !view.words || x - half < written) return;
    written = x + half + 8;
    layers.words.push(node(`${key} ${count} word`, 'text', { class: `above ${looks}`, x: near(x), y: row.y + 13, 'text-anchor': 'middle' }, text));
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
  writeName(layers, 'interference', row, row.name, view);
  let written = 0;
  recording.interferences.forEach((seq, place) => {
    const event = recording.events[seq];
    if (seq >= cursor || event?.kind !== 'interfere' || event.at < scale.from || event.at > scale.to) return;
    const x = near(left + scale.x(event.at));
    layers.links.push(node(`interference ${place}`, 'path', { class: 'interference', d: `M${x} ${row.y + 4}V${bottom}` }));
    if (!view.words) return;
    const text = event.task === null ? event.what : `${event.what} ${recording.tasks[event.task]?.name ?? ''}`;
    const right = x > left + scale.width - widthOf(text);
    const from = right ? x - 6 - widthOf(text) : x + 6;
    if (from < written) return;
    written = from + widthOf(text) + 8;
    const attributes = { class: 'beside', x: x + (right ? -6 : 6), y: row.y + 16, 'text-anchor': right ? 'end' : 'start' };
    layers.words.push(node(`interference ${place}`, 'text', attributes, text));
  });
}
