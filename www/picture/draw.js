// Draws rows into sketches: what is in view, at a cursor, and never more than a few nodes a row.

import { HEIGHTS, density } from './layout.js';
import { firstPlace, lastBefore } from '../run/recording.js';
import { endingPath, spanPath, tickPath } from './shapes.js';
import { near } from './sketch.js';
import { walk } from '../run/spans.js';

/**
 * @typedef {import('./layout.js').Row} Row
 * @typedef {import('../run/recording.js').Recording} Recording
 * @typedef {import('./scale.js').Scale} Scale
 * @typedef {import('./sketch.js').Sketch} Sketch
 * @typedef {import('../run/spans.js').Kind} Kind
 * @typedef {{task: number, from: number, to: number} | null} Chosen
 * @typedef {{recording: Recording, cursor: number, now: number, scale: Scale, left: number, chosen: Chosen}} View
 *   `now` is the time at the play head in ms, `left` the width of the labels in pixels
 * @typedef {{back: Sketch, marks: Sketch, words: Sketch}} Sketches
 */

/** Columns of a density strip are so many pixels wide. */
const COLUMN = 3;
/** Spans of fewer pixels that follow one another are drawn as one, and so are lines of a task that are as near. */
const NARROW = 3;
/** About the width of a letter, in pixels. */
const LETTER = 6.6;
/** States that many know have looks of their own: a hollow band is calm, a filled one refuses. */
const KNOWN_STATES = ['CLOSED', 'OPEN', 'HALF_OPEN'];

/**
 * @param {Sketches} sketches
 * @param {Row} row
 * @param {View} view
 */
export function drawRow(sketches, row, view) {
  if (row.kind === 'lane') drawLane(sketches, row, view);
  else if (row.kind === 'band') drawBand(sketches, row, view);
  else if (row.kind === 'gauge') drawGauge(sketches, row, view);
  else drawStrip(sketches, row, view);
}

/**
 * @param {Sketches} sketches
 * @param {Row & {kind: 'lane'}} row
 * @param {View} view
 */
function drawLane({ back, marks, words }, { task, y: top }, view) {
  const { recording, cursor, scale, left, chosen } = view;
  const key = `task ${task.id}`;
  const y = top + HEIGHTS.lane / 2;
  if (chosen?.task === task.id) {
    back.put(`${key} chosen`, 'rect', { class: 'chosen-lane', x: 0, y: top, width: left + scale.width + 12, height: HEIGHTS.lane });
    const [from, to] = [left + scale.x(chosen.from), left + scale.x(chosen.to)];
    if (to >= left && from <= left + scale.width) {
      const x = Math.max(from, left);
      const width = Math.max(Math.min(to, left + scale.width) - x, 1);
      marks.put('chosen span', 'rect', { class: 'chosen-span', x: near(x - 3), y: top + 1, width: near(width + 6), height: HEIGHTS.lane - 2, rx: 4 });
    }
  }
  if ((task.marks[0] ?? Infinity) >= cursor) return;
  const indent = Math.min(task.depth, 4) * 10;
  words.put(`${key} name`, 'text', { class: 'name', x: 4 + indent, y: y + 4 }, fitting(task.name, left - indent - 10));
  /** Of each kind the path so far, and the stretch that is to follow. @type {Map<Kind, {path: string, from: number, to: number}>} */
  const paths = new Map();
  const visit = (/** @type {import('../run/spans.js').Span} */ span) => {
    const from = left + Math.max(scale.x(span.from), -4);
    const to = left + Math.min(scale.x(span.to), scale.width + 4);
    if (to < from || (span.to === span.from && !span.open)) return;
    const drawn = paths.get(span.kind);
    if (drawn === undefined) paths.set(span.kind, { path: '', from, to });
    // Spans that no eye could part are one.
    else if (to - drawn.to < 0.5 || (to - from < NARROW && from - drawn.to < 1)) drawn.to = Math.max(to, drawn.to);
    else {
      drawn.path += spanPath(span.kind, drawn.from, drawn.to, y);
      [drawn.from, drawn.to] = [Math.max(from, drawn.to), to];
    }
  };
  const ending = walk(recording, task, cursor, visit, { now: view.now, from: scale.at(-4), to: scale.at(scale.width + 4) });
  for (const [kind, { path, from, to }] of paths) {
    marks.put(`${key} ${kind}`, 'path', { class: `span ${kind}`, d: path + spanPath(kind, from, to, y) });
  }
  if (ending === null) return;
  const x = scale.x(ending.at);
  if (x >= -1 && x <= scale.width + 1) {
    marks.put(`${key} end`, 'path', { class: `ending ${ending.phase}`, d: endingPath(ending.phase, left + x, y) });
  }
}

/**
 * Ticks of the lines, in the lanes of the tasks that wrote them.
 * @param {Sketches} sketches
 * @param {Row[]} rows
 * @param {View} view
 */
export function drawTicks({ marks }, rows, { recording, cursor, scale, left }) {
  const { events, logs } = recording;
  /** @type {Map<number, number>} */
  const tops = new Map();
  for (const row of rows) if (row.kind === 'lane') tops.set(row.task.id, row.y);
  const at = (/** @type {number} */ place) => events[logs[place] ?? 0]?.at ?? 0;
  const first = firstPlace(logs.length, (place) => at(place) >= scale.from);
  const last = Math.min(recording.lines(cursor), firstPlace(logs.length, (place) => at(place) > scale.to));
  let path = '';
  /** The last tick of each task: those that would cover it are left out. @type {Map<number, number>} */
  const drawn = new Map();
  for (let place = first; place < last; place += 1) {
    const event = events[logs[place] ?? 0];
    if (event?.kind !== 'log') continue;
    const top = tops.get(event.task);
    const x = Math.round((left + scale.x(event.at)) * 2) / 2;
    if (top === undefined || x - (drawn.get(event.task) ?? -Infinity) < NARROW) continue;
    drawn.set(event.task, x);
    path += tickPath(x, top + HEIGHTS.lane / 2);
  }
  if (path !== '') marks.put('ticks', 'path', { class: 'tick', d: path });
}

/**
 * @param {Sketches} sketches
 * @param {Row & {kind: 'band'}} row
 * @param {View} view
 */
function drawBand({ marks, words }, { name, y }, { recording, cursor, now, scale, left }) {
  const turns = recording.states.get(name) ?? [];
  const states = [...new Set(turns.flatMap(({ from, state }) => [from, state]))];
  words.put(`band ${name}`, 'text', { class: 'name', x: 4, y: y + 16 }, fitting(name, left - 10));
  let [from, state, count] = [0, turns[0]?.from ?? '', 0];
  let lastNarrow = -Infinity;
  const block = (/** @type {number} */ until) => {
    const [start, end] = [Math.max(scale.x(from), 0), Math.min(scale.x(until), scale.width)];
    count += 1;
    if (end < start || until < scale.from || from > scale.to || (end - start < 1 && start - lastNarrow < 2)) return;
    if (end - start < 1) lastNarrow = start;
    // A state that takes no time is a state all the same.
    const width = near(Math.max(end - start, 4));
    const known = KNOWN_STATES.indexOf(state);
    const look = known < 0 ? `other-${states.indexOf(state) % 2}` : `state-${known}`;
    const attributes = { class: `band ${look}`, x: near(left + start), y: y + 3, width, height: HEIGHTS.band - 8, rx: end - start < 6 ? 0 : 3 };
    // On top of its neighbours, where it takes no time.
    const sketch = end > start ? marks : words;
    sketch.put(`band ${name} ${count}`, 'rect', attributes);
    if (look === 'state-2') sketch.put(`band ${name} ${count} half`, 'path', { class: 'band-half', d: `M${near(left + start)} ${y + HEIGHTS.band - 8}h${width}` });
    if (end - start > state.length * LETTER + 12) {
      words.put(`band ${name} ${count} word`, 'text', { class: `band-word ${look}`, x: near(left + start + 6), y: y + 16 }, state);
    }
  };
  for (const turn of turns) {
    if (turn.seq >= cursor) break;
    block(turn.at);
    [from, state] = [turn.at, turn.state];
  }
  if (cursor > 0) block(now);
}

/**
 * The highest that each gauge goes; it is asked for in every frame.
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
 * @param {Sketches} sketches
 * @param {Row & {kind: 'gauge'}} row
 * @param {View} view
 */
function drawGauge({ back, marks, words }, { name, y: top, height }, { recording, cursor, now, scale, left }) {
  const steps = recording.gauges.get(name) ?? [];
  const most = topOf(steps);
  const [base, room] = [top + height - 6, height - 16];
  const y = (/** @type {number} */ value) => near(base - (Math.max(value, 0) / most) * room);
  const last = lastBefore(steps, cursor);
  const said = last === undefined ? '' : last.limit === null ? `${last.value}` : `${last.value} of ${last.limit}`;
  words.put(`gauge ${name}`, 'text', { class: 'name', x: 4, y: top + 18 }, fitting(name, left - 10));
  words.put(`gauge ${name} value`, 'text', { class: 'value', x: 4, y: top + 34 }, said);
  back.put(`gauge ${name} base`, 'path', { class: 'base', d: `M${left} ${base + 0.5}h${near(scale.width)}` });
  const limit = last?.limit ?? steps[0]?.limit ?? null;
  if (limit !== null && limit <= most) {
    back.put(`gauge ${name} limit`, 'path', { class: 'limit', d: `M${left} ${y(limit)}h${near(scale.width)}` });
  }
  if (last === undefined) return;
  let line = '';
  let [x, value] = [left, 0];
  /** Within one column of pixels the line goes through its lowest and its highest value. */
  let [low, high] = [Infinity, -Infinity];
  const spread = () => (low <= high ? `V${y(high)}V${y(low)}` : '');
  for (let place = Math.max(firstPlace(steps.length, (place) => (steps[place]?.at ?? 0) >= scale.from) - 1, 0); place < steps.length; place += 1) {
    const step = steps[place];
    if (step === undefined || step.seq >= cursor || step.at > scale.to) break;
    const next = left + Math.max(scale.x(step.at), 0);
    if (line === '') {
      line = `M${near(next)} ${step.at > scale.from ? base : y(step.value)}V${y(step.value)}`;
      x = next;
    } else if (next - x < 0.5) {
      [low, high] = [Math.min(low, step.value), Math.max(high, step.value)];
    } else {
      line += `${spread()}V${y(value)}H${near(next)}V${y(step.value)}`;
      [x, low, high] = [next, Infinity, -Infinity];
    }
    value = step.value;
  }
  if (line === '') return;
  const end = left + Math.min(Math.max(scale.x(now), 0), scale.width);
  line += `${spread()}V${y(value)}H${near(Math.max(end, x))}`;
  marks.put(`gauge ${name} area`, 'path', { class: 'area', d: `${line}V${base}H${/^M([\d.]+)/.exec(line)?.[1] ?? left}z` });
  marks.put(`gauge ${name} line`, 'path', { class: 'gauge', d: line });
}

/**
 * @param {Sketches} sketches
 * @param {Row & {kind: 'strip'}} row
 * @param {View} view
 */
function drawStrip({ back, marks, words }, row, { recording, cursor, scale, left }) {
  const { y: top, height, first, last } = row;
  const counts = density(recording, row, cursor, scale, Math.max(1, Math.floor(scale.width / COLUMN)));
  const most = Math.max(1, counts.reduce((top, count) => Math.max(top, count), 0));
  const base = top + height - 6;
  const width = scale.width / counts.length;
  words.put('strip', 'text', { class: 'name', x: 4, y: top + 18 }, fitting(`${last - first + 1} more`, left - 10));
  words.put('strip most', 'text', { class: 'value', x: 4, y: top + 34 }, fitting(`up to ${most} live`, left - 10));
  back.put('strip base', 'path', { class: 'base', d: `M${left} ${base + 0.5}h${near(scale.width)}` });
  let path = `M${left} ${base}`;
  counts.forEach((count, column) => {
    path += `V${near(base - (count / most) * (height - 16))}H${near(left + (column + 1) * width)}`;
  });
  marks.put('strip', 'path', { class: 'density', d: `${path}V${base}z` });
}

/**
 * A text, cut where it would be wider than the pixels it has.
 * @param {string} text
 * @param {number} pixels
 */
function fitting(text, pixels) {
  const most = Math.max(Math.floor(pixels / LETTER), 3);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
