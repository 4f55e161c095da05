// The lane of a task: what it waits for as light outlines, a thin line where it works on a resource, and its end.

import { described, fits, laneInfo } from '../run/described.js';
import { firstPlace } from '../run/recording.js';
import { WORDS, nounOf, walk, wordsFor } from '../run/spans.js';
import { spelled } from '../run/spelling.js';
import { drawChips } from './chips.js';
import { drawDots } from './dots.js';
import { near, node } from './nodes.js';
import { NARROW, Stretches, writeAt, writeBeside, writeIn, writeName } from './rows.js';
import { box, endingPath, flag, hatch, line } from './shapes.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 * @typedef {import('../run/spans.js').Span} Span
 */

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'lane'}} row
 * @param {View} view
 */
export function drawLane(layers, row, view) {
  const { task, y: top, height, looks: kind } = row;
  const { recording, cursor, scale, left, now } = view;
  const key = `task ${task.id}`;
  drawChosen(layers, row, view);
  if ((task.marks[0] ?? Infinity) >= cursor) return;
  writeName(layers, key, row, row.name, view);
  const bars = kind === 'bars';
  const stretches = new Stretches(view);
  let last = 0;
  const visit = (/** @type {Span} */ span) => {
    if (span.to === span.from && !span.open) return;
    stretches.add(bars || kind === 'rail' ? looksOf(span) : 'thin ready', span.from, span.to, ...(bars ? wordsIn(recording, span) : []));
    last = span.from;
  };
  const ending = walk(recording, task, cursor, visit, { now, from: scale.at(-4), to: scale.at(scale.width + 4), shortest: scale.at(0.5) - scale.from });
  const over = [...stretches.byLooks.values()].map((list) => list.at(-1)).sort((a, b) => (b?.to ?? 0) - (a?.to ?? 0))[0];
  if (ending?.phase === 'unfinished' && over !== undefined) over.texts = over.texts.map((text) => `${text}, ${WORDS.unfinished}`);
  else if (bars && over !== undefined) over.texts = withAnswer(view, task, over.texts);
  const before = [...stretches.byLooks.values()].flat().reduce((most, { to }) => (over !== undefined && to <= over.from + 1 ? Math.max(most, to) : most), left);
  const [y, half] = [top + height / 2, near(height * (kind === 'chips' ? 0.2 : 0.33))];
  for (const [looks, list] of stretches.byLooks) {
    const thin = looks.startsWith('thin');
    const path = list.map(({ from, to }) => (thin ? line(from, to, y) : box(from, to, y - half, 2 * half, half)));
    layers.marks.push(node(`${key} ${looks}`, 'path', { class: looks, d: path.join('') }));
    list.forEach((stretch, place) => {
      // Beside its bar "sleeping" would seem to be about the time after it.
      const beside = stretch === over ? stretch.texts.filter((text) => !text.startsWith(WORDS.sleep)) : [];
      if (!thin) writeIn(layers, `${key} ${looks} ${place}`, stretch, { y, height: 2 * half, looks, beside, after: before }, view);
      // A line has no room for words in it.
      else if (stretch === over) writeBeside(layers, `${key} ${looks} ${place}`, over, { y, after: before }, view);
    });
  }
  if (bars && over === undefined && ending !== null) writeAt(layers, `${key} answer`, withAnswer(view, task, []), { x: left + scale.x(ending.at), y }, view);
  if (kind === 'dots') drawDots(layers, row, view);
  if (kind === 'chips') drawChips(layers, row, view);
  if (ending === null) return;
  const x = scale.x(ending.at);
  if (ending.phase === 'unfinished') {
    const [from, to] = [left + Math.max(scale.x(last), 0), left + Math.min(x, scale.width)];
    if (to > from) layers.marks.push(node(`${key} end`, 'path', { class: 'hatch', d: hatch(from, to, y - half, 2 * half) }));
  } else if (x >= -1 && x <= scale.width + 1 && (kind !== 'chips' || ending.phase !== 'finished')) {
    const d = endingPath(ending.phase, left + x, y, Math.min(near(height * 0.26), 6));
    layers.marks.push(node(`${key} end`, 'path', { class: `ending ${ending.phase}`, d }));
  }
}

/**
 * The words of the last bar of a task, with what the task got, where its exercise says so.
 * @param {View} view
 * @param {import('../run/recording.js').Task} task
 * @param {string[]} texts
 */
function withAnswer({ recording, cursor }, task, texts) {
  const { answers = [] } = described(recording);
  const own = answers.filter(({ row, lane }) => row === undefined && lane === undefined);
  if (own.length === 0) return texts;
  for (const seq of task.results.toReversed()) {
    const event = recording.events[seq];
    if (seq >= cursor || event?.kind !== 'result') continue;
    const answer = own.find(({ of }) => fits(of, event.of));
    if (answer === undefined) continue;
    const got = [answer.word, spelled(event.value)].filter(Boolean).join(' ');
    return [...texts.map((text) => `${text}, ${got}`), got, ...texts];
  }
  return texts;
}

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'lane'}} row
 * @param {View} view
 */
function drawChosen({ back, marks }, { task, y, height }, { scale, left, chosen }) {
  if (chosen?.task !== task.id) return;
  back.push(node(`task ${task.id} chosen`, 'rect', { class: 'chosen-lane', x: 0, y, width: near(left + scale.width + 12), height }));
  const [from, to] = [left + scale.x(chosen.from), left + scale.x(chosen.to)];
  if (to < left || from > left + scale.width) return;
  const start = Math.max(from, left);
  const end = Math.max(Math.min(to, left + scale.width), start + 1);
  marks.push(node('chosen span', 'path', { class: 'chosen-span', d: box(start - 3, end + 3, y + 1, height - 2, 4) }));
}

/**
 * The words of a bar, from the longest to the shortest.
 * @param {import('../run/recording.js').Recording} recording
 * @param {Span} span
 */
function wordsIn(recording, span) {
  const { on, for: what, held } = span;
  // A task that sleeps with a resource works on it.
  if (held !== null && (span.kind === 'sleep' || (span.kind === 'wait' && held === what))) return [laneInfo(recording, held).holds ?? ''].filter((text) => text !== '');
  if (span.kind === 'sleep') return [wordsFor(recording, span)];
  if (span.kind !== 'wait') return [];
  const { joins } = what === null ? {} : laneInfo(recording, what);
  if (what !== null && joins !== undefined) return [`${joins} ${what}`, joins];
  return [`waiting for ${nounOf(recording, on ?? '', what)}`, 'waiting'];
}

/**
 * A task that holds a resource and waits for nothing else works on it: the bar of the resource shows that.
 * @param {Span} span
 */
function looksOf({ kind, held, for: what }) {
  if (held !== null && (kind !== 'wait' || held === what)) return 'thin held';
  return kind === 'ready' || kind === 'running' ? `thin ${kind}` : kind;
}

/**
 * Flags for the lines of the output, in the lanes of the tasks that wrote them.
 * @param {Layers} layers
 * @param {Row[]} rows
 * @param {View} view
 */
export function drawFlags({ marks }, rows, { recording, cursor, scale, left }) {
  const { events, logs } = recording;
  /** @type {Map<number, number>} */
  const tops = new Map();
  for (const row of rows) if (row.kind === 'lane' && (row.looks === 'bars' || row.looks === 'rail')) tops.set(row.task.id, row.y);
  const at = (/** @type {number} */ place) => events[logs[place] ?? 0]?.at ?? 0;
  const first = firstPlace(logs.length, (place) => at(place) >= scale.from);
  const last = Math.min(recording.lines(cursor), firstPlace(logs.length, (place) => at(place) > scale.to));
  let path = '';
  /** The last flag of each task: those that would cover it are left out. @type {Map<number, number>} */
  const drawn = new Map();
  for (let place = first; place < last; place += 1) {
    const event = events[logs[place] ?? 0];
    if (event?.kind !== 'log') continue;
    const top = tops.get(event.task);
    const x = Math.round((left + scale.x(event.at)) * 2) / 2;
    if (top === undefined || x - (drawn.get(event.task) ?? -Infinity) < NARROW) continue;
    drawn.set(event.task, x);
    path += flag(x, top);
  }
  if (path !== '') marks.push(node('flags', 'path', { class: 'flag', d: path }));
}
