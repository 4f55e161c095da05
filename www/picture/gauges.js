// Numbers over time: a gauge, and how many tasks live where there is no lane for each.

import { firstPlace, lastBefore } from '../run/recording.js';
import { near, node } from './nodes.js';
import { writeName } from './rows.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 * @typedef {import('../run/recording.js').Recording} Recording
 */

/** Columns of a density strip are so many pixels wide. */
const COLUMN = 3;

/**
 * The highest value of each gauge, which every frame needs.
 * @type {WeakMap<object, {length: number, top: number}>}
 */
const tops = new WeakMap();

/** @param {import('../run/recording.js').Step[]} steps */
function topOf(steps) {
  const known = tops.get(steps) ?? { length: 0, top: 1 };
  for (const { value, limit } of steps.slice(known.length)) known.top = Math.max(known.top, value, limit ?? 0);
  known.length = steps.length;
  tops.set(steps, known);
  return known.top;
}

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'gauge'}} row
 * @param {View} view
 */
export function drawGauge(layers, row, view) {
  const { name, y: top, height } = row;
  const { recording, cursor, now, scale, left } = view;
  const key = `gauge ${name}`;
  const steps = recording.gauges.get(name) ?? [];
  const most = topOf(steps);
  const [base, room] = [top + height - 6, height - 16];
  const y = (/** @type {number} */ value) => near(base - (Math.max(value, 0) / most) * room);
  const last = lastBefore(steps, cursor);
  const text = last === undefined ? '' : last.limit === null ? `${last.value}` : `${last.value} of ${last.limit}`;
  writeName(layers, key, row, name, view, { y: 14 });
  writeName(layers, key, row, text, view, { looks: 'value', y: 31 });
  layers.back.push(node(`gauge ${name} base`, 'path', { class: 'base', d: `M${left} ${base + 0.5}h${near(scale.width)}` }));
  const limit = last?.limit ?? steps[0]?.limit ?? null;
  if (limit !== null && limit <= most) {
    layers.back.push(node(`gauge ${name} limit`, 'path', { class: 'limit', d: `M${left} ${y(limit)}h${near(scale.width)}` }));
  }
  if (last === undefined) return;
  let line = '';
  let [x, value] = [left, 0];
  /** Within one column of pixels the line goes through its lowest and its highest value. */
  let [low, high] = [Infinity, -Infinity];
  const spread = () => (low <= high ? `V${y(high)}V${y(low)}` : '');
  let peak = -Infinity;
  for (let place = Math.max(firstPlace(steps.length, (place) => (steps[place]?.at ?? 0) >= scale.from) - 1, 0); place < steps.length; place += 1) {
    const step = steps[place];
    if (step === undefined || step.seq >= cursor || step.at > scale.to) break;
    peak = Math.max(peak, step.value);
    const after = steps[place + 1];
    // A number that goes down and up again in one moment has not been low for any time: a permit was handed over.
    if (after?.at === step.at && after.seq < cursor) continue;
    const next = left + Math.max(scale.x(step.at), 0);
    const top = peak > Math.max(value, step.value) ? `V${y(peak)}` : '';
    if (line === '') {
      line = `M${near(next)} ${step.at > scale.from ? base : y(step.value)}${top}V${y(step.value)}`;
      x = next;
    } else if (next - x < 0.5) {
      [low, high] = [Math.min(low, step.value), Math.max(high, peak)];
    } else {
      line += `${spread()}V${y(value)}H${near(next)}${top}V${y(step.value)}`;
      [x, low, high] = [next, Infinity, -Infinity];
    }
    [value, peak] = [step.value, -Infinity];
  }
  if (line === '') return;
  const end = left + Math.min(Math.max(scale.x(now), 0), scale.width);
  line += `${spread()}V${y(value)}H${near(Math.max(end, x))}`;
  layers.marks.push(node(`gauge ${name} area`, 'path', { class: 'area', d: `${line}V${base}H${/^M([\d.]+)/.exec(line)?.[1] ?? left}z` }));
  layers.marks.push(node(`gauge ${name} line`, 'path', { class: 'gauge', d: line }));
}

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'strip'}} row
 * @param {View} view
 */
export function drawStrip(layers, row, view) {
  const { y: top, height } = row;
  const { recording, cursor, scale, left } = view;
  const counts = density(recording, row, cursor, scale, Math.max(1, Math.floor(scale.width / COLUMN)));
  const most = Math.max(1, counts.reduce((top, count) => Math.max(top, count), 0));
  const base = top + height - 6;
  const width = scale.width / counts.length;
  writeName(layers, 'strip', row, row.name, view, { y: 14 });
  writeName(layers, 'strip', row, `up to ${most} live`, view, { looks: 'value', y: 31 });
  layers.back.push(node('strip base', 'path', { class: 'base', d: `M${left} ${base + 0.5}h${near(scale.width)}` }));
  let path = `M${left} ${base}`;
  counts.forEach((count, column) => {
    path += `V${near(base - (count / most) * (height - 16))}H${near(left + (column + 1) * width)}`;
  });
  layers.marks.push(node('strip', 'path', { class: 'density', d: `${path}V${base}z` }));
}

/**
 * @typedef {{read: number, seqs: number[], times: number[], alive: number[]}} Living how many tasks of a range live from each of
 *   their spawns and ends on; `read` is how many of the recording's are in it
 */

/** By recording, then by range. @type {WeakMap<Recording, Map<string, Living>>} */
const living = new WeakMap();

/**
 * It is read off once, and continued when the recording grows.
 * @param {Recording} recording
 * @param {{first: number, last: number}} range
 */
function livingOf(recording, { first, last }) {
  const { events, lives } = recording;
  const known = living.get(recording) ?? new Map();
  living.set(recording, known);
  /** @type {Living} */
  const found = known.get(`${first} ${last}`) ?? { read: 0, seqs: [], times: [], alive: [] };
  known.set(`${first} ${last}`, found);
  const { seqs, times, alive } = found;
  for (; found.read < lives.length; found.read += 1) {
    const seq = lives[found.read] ?? 0;
    const event = events[seq];
    if (event?.kind !== 'task' || event.id < first || event.id > last) continue;
    seqs.push(seq);
    times.push(event.at);
    alive.push((alive.at(-1) ?? 0) + (event.phase === 'spawned' ? 1 : -1));
  }
  return found;
}

/**
 * Counts the tasks of a range that are alive, at most, in each column of time.
 * @param {Recording} recording
 * @param {{first: number, last: number}} range ids
 * @param {number} cursor
 * @param {import('./scale.js').Scale} scale
 * @param {number} columns
 */
export function density(recording, range, cursor, scale, columns) {
  const { seqs, times, alive } = livingOf(recording, range);
  const most = new Uint32Array(columns);
  const until = firstPlace(seqs.length, (place) => (seqs[place] ?? 0) >= cursor);
  let column = 0;
  let now = 0;
  const live = (/** @type {number} */ to) => {
    for (; column < to; column += 1) most[column] = Math.max(most[column] ?? 0, now);
  };
  const columnAt = (/** @type {number} */ at) => (scale.x(at) / scale.width) * columns;
  for (let place = 0; place < until; place += 1) {
    live(Math.min(Math.max(Math.floor(columnAt(times[place] ?? 0)), 0), columns));
    now = alive[place] ?? 0;
    if (column < columns) most[column] = Math.max(most[column] ?? 0, now);
  }
  live(Math.min(columns, Math.ceil(columnAt(recording.timeAt(cursor)))));
  return most;
}
