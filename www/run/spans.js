// What a task did from when to when: the stretches between two of its events.
//
// A task that neither waits nor has ended counts as running. On a simulated clock that takes no time, so a long
// stretch of it is a task that waits for others, which a trace has no word for.

import { firstPlace } from './recording.js';
import { trackOf } from './tracks.js';

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./recording.js').Task} Task
 * @typedef {'ready' | 'running' | 'sleep' | 'permit' | 'flight' | 'rate' | 'lock' | 'other'} Kind
 * @typedef {'finished' | 'failed' | 'cancelled' | 'unfinished'} Ending
 *
 * @typedef {object} Span
 * @property {Kind} kind
 * @property {string | null} on what is waited on, in the trace's own word
 * @property {number} seq the place of the event that began it
 * @property {number} from in ms
 * @property {number} to in ms; the time of the cursor where it goes on
 * @property {boolean} open whether it goes on at the cursor
 */

/** @type {Record<Kind | Ending, string>} */
export const WORDS = {
  ready: 'ready to start',
  running: 'running or awaiting tasks',
  sleep: 'sleeping',
  permit: 'waiting for a permit',
  flight: 'waiting for a flight',
  rate: 'waiting for the rate',
  lock: 'waiting for a lock',
  other: 'waiting',
  finished: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
  unfinished: 'never finished',
};

const WAITS = new Set(['sleep', 'permit', 'flight', 'rate', 'lock']);

/**
 * Visits the spans of a task before a cursor, in order; those without length too. Says how it ended, if it has.
 * @param {Recording} recording
 * @param {Task} task
 * @param {number} cursor
 * @param {(span: Span) => void} visit the same object each time: whoever keeps it copies it
 * @param {{now?: number, from?: number, to?: number}} [window] until when an open span lasts, the time of the cursor
 *   unless told; and which stretch of time is wanted, in ms: what lies outside of it is left out
 * @returns {{phase: Ending, seq: number, at: number} | null}
 */
export function walk(recording, task, cursor, visit, { now = recording.timeAt(cursor), from = -Infinity, to = Infinity } = {}) {
  const { marks } = task;
  const { times, ons, origins } = trackOf(recording, task);
  const last = firstPlace(marks.length, (place) => (marks[place] ?? 0) >= cursor) - 1;
  const ended = task.ended < cursor;
  const first = Math.max(firstPlace(times.length, (place) => (times[place] ?? 0) >= from) - 1, 0);
  /** @type {Span} */
  const span = { kind: 'ready', on: null, seq: 0, from: 0, to: 0, open: false };
  for (let place = first; place <= last; place += 1) {
    const began = times[place] ?? 0;
    span.open = place === last;
    if (began > to || (span.open && ended)) break;
    const on = ons[place] ?? null;
    span.on = on;
    span.kind = on !== null ? kindOf(on) : place === 0 ? 'ready' : 'running';
    span.seq = origins[place] ?? 0;
    span.from = began;
    span.to = span.open ? Math.max(now, began) : (times[place + 1] ?? 0);
    visit(span);
  }
  const event = ended ? recording.events[task.ended] : undefined;
  return event?.kind === 'task' ? { phase: /** @type {Ending} */ (event.phase), seq: task.ended, at: event.at } : null;
}

/**
 * @param {string} on
 * @returns {Kind}
 */
export function kindOf(on) {
  return WAITS.has(on) ? /** @type {Kind} */ (on) : 'other';
}

/**
 * All spans of a task before a cursor that last, and the one that goes on.
 * @param {Recording} recording
 * @param {Task} task
 * @param {number} cursor
 */
export function spans(recording, task, cursor) {
  /** @type {Span[]} */
  const all = [];
  const ending = walk(recording, task, cursor, (span) => {
    if (span.to > span.from || span.open) all.push({ ...span });
  });
  return { spans: all, ending };
}

/**
 * The span of a task at a time: the one that lasts there, else the one that is nearest.
 * @param {Recording} recording
 * @param {Task} task
 * @param {number} cursor
 * @param {number} at in ms
 * @returns {Span | null}
 */
export function spanAt(recording, task, cursor, at) {
  /** @type {Span | null} */
  let best = null;
  let nearest = Infinity;
  walk(recording, task, cursor, (span) => {
    const distance = Math.max(span.from - at, at - span.to, 0);
    // Of two that meet, the longer one is easier to mean.
    if (distance < nearest || (distance === nearest && best !== null && span.to - span.from > best.to - best.from)) {
      [best, nearest] = [{ ...span }, distance];
    }
  });
  return best;
}

/**
 * A span in words.
 * @param {Span} span
 */
export function wordsFor({ kind, on }) {
  return kind === 'other' && on !== null ? `waiting for ${on}` : WORDS[kind];
}
