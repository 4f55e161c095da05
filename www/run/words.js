// Choices in words.

import { milliseconds } from './text.js';
import { spanAt, walk, wordsFor } from './spans.js';

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./spans.js').Span} Span
 */

/**
 * @param {number} from in ms
 * @param {number} to
 */
export function stretch(from, to) {
  return from === to ? `at ${milliseconds(from)} ms` : `from ${milliseconds(from)} to ${milliseconds(to)} ms`;
}

/**
 * What a choice comes to: a stretch of a task's time, the line and the source that belong to it, and all in words.
 * @typedef {{task: number, from: number, to: number, line: number | null, source: string | null, text: string}} Choice
 * `source` is file and row, `program.rs:57`
 */

/**
 * A span was chosen: its line is the last that its task wrote until its end.
 * @param {Recording} recording
 * @param {number} id
 * @param {Span} span
 * @param {number} cursor
 * @returns {Choice}
 */
export function spanChoice(recording, id, span, cursor) {
  const task = recording.tasks[id];
  const next = task?.marks.find((seq) => seq > span.seq) ?? Infinity;
  const end = Math.min(next, cursor);
  let line = null;
  for (let place = recording.lines(end) - 1; place >= 0 && line === null; place -= 1) {
    const seq = recording.logs[place] ?? 0;
    if (seq < (task?.marks[0] ?? 0)) break;
    const event = recording.events[seq];
    if (event?.kind === 'log' && event.task === id) line = place;
  }
  const written = line === null ? null : (recording.logs[line] ?? null);
  const within = written !== null && written > span.seq ? written : null;
  const text = `${task?.name ?? ''}: ${wordsFor(recording, span)} ${stretch(span.from, span.to)}`;
  return { task: id, from: span.from, to: span.to, line, source: sourceOf(recording, id, within ?? span.seq), text };
}

/**
 * A line was chosen: what its task did since the line before.
 * @param {Recording} recording
 * @param {number} line
 * @returns {Choice | null}
 */
export function lineChoice(recording, line) {
  const seq = recording.logs[line];
  const event = seq === undefined ? undefined : recording.events[seq];
  if (seq === undefined || event?.kind !== 'log') return null;
  const task = recording.tasks[event.task];
  if (task === undefined) return null;
  let since = task.marks[0] ?? 0;
  for (let place = line - 1; place >= 0; place -= 1) {
    const before = recording.logs[place] ?? 0;
    const other = recording.events[before];
    if (before <= since) break;
    if (other?.kind === 'log' && other.task === event.task) since = before;
  }
  const from = recording.events[since]?.at ?? 0;
  /** @type {string[]} */
  const waits = [];
  walk(recording, task, seq, (span) => {
    if (span.on !== null && span.to > from && span.to > span.from) waits.push(`${wordsFor(recording, span)} ${stretch(span.from, span.to)}`);
  });
  const after = waits.length === 0 ? '' : `, after ${waits.slice(-4).join(', ')}`;
  const text = `${task.name} wrote this line at ${milliseconds(event.at)} ms${after}`;
  return { task: event.task, from, to: event.at, line, source: sourceOf(recording, event.task, seq), text };
}

/**
 * An event was chosen: the line that it is, or what its task was at.
 * @param {Recording} recording
 * @param {number} seq
 * @returns {Choice | null} null for what is no task's
 */
export function eventChoice(recording, seq) {
  const event = recording.events[seq];
  if (event?.kind === 'log') return lineChoice(recording, recording.lines(seq));
  const id = event?.kind === 'task' ? event.id : event !== undefined && 'task' in event ? event.task : null;
  const task = id === null ? undefined : recording.tasks[id];
  const span = task === undefined || event === undefined ? null : spanAt(recording, task, seq + 1, event.at);
  return task === undefined || span === null ? null : spanChoice(recording, task.id, span, seq + 1);
}

/**
 * The place in the source of an event, or of the last one before it in the same task that has any.
 * @param {Recording} recording
 * @param {number} id
 * @param {number} seq
 */
function sourceOf({ events, tasks }, id, seq) {
  for (const place of [seq, ...(tasks[id]?.marks ?? []).filter((mark) => mark < seq).reverse()]) {
    const event = events[place];
    if (event !== undefined && 'file' in event && event.file !== undefined) return `${event.file}:${event.row}`;
  }
  return null;
}
