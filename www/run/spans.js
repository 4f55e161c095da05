// What a task did from when to when: the spans between two of its events.
//
// A task that neither waits nor has ended is running. On simulated time that takes no time.

import { described } from './described.js';
import { firstPlace, nextPlace } from './recording.js';
import { trackOf } from './tracks.js';

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./recording.js').Task} Task
 * @typedef {'ready' | 'running' | 'sleep' | 'wait'} Kind
 * @typedef {'finished' | 'failed' | 'cancelled' | 'unfinished'} Ending
 *
 * @typedef {object} Span
 * @property {Kind} kind
 * @property {string | null} on what it waits for, in the trace's own word
 * @property {string | null} for the resource or task that it waits for, where there is a particular one
 * @property {string | null} held the resource that it took last and still holds
 * @property {number} seq the place of the event that began it
 * @property {number} from in ms
 * @property {number} to in ms; the time of the cursor where it goes on
 * @property {boolean} open whether it goes on at the cursor
 */

/** @type {Record<Kind | Ending, string>} */
export const WORDS = {
  ready: 'ready to start',
  running: 'running',
  sleep: 'sleeping',
  wait: 'waiting',
  finished: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
  unfinished: 'never finished',
};

/** The one wait that is for nothing but the clock. */
const SLEEP = 'sleep';

/**
 * Visits the spans of a task before a cursor, in order; those without length too. Says how it ended, if it has.
 * @param {Recording} recording
 * @param {Task} task
 * @param {number} cursor
 * @param {(span: Span) => void} visit the same object each time: copy it to keep it
 * @param {{now?: number, from?: number, to?: number, shortest?: number}} [window] until when an open span lasts, the time
 *   of the cursor by default; which stretch of time is wanted, in ms; where it is given, only spans that last are wanted, and
 *   of those that begin and end within so short a time the first stands for all, in ms
 * @returns {{phase: Ending, seq: number, at: number} | null}
 */
export function walk(recording, task, cursor, visit, { now = recording.timeAt(cursor), from = -Infinity, to = Infinity, shortest } = {}) {
  const { marks } = task;
  const track = trackOf(recording, task);
  const { times, waits, helds, origins } = track;
  const last = firstPlace(marks.length, (place) => (marks[place] ?? 0) >= cursor) - 1;
  const ended = task.ended < cursor;
  const first = Math.max(firstPlace(times.length, (place) => (times[place] ?? 0) >= from) - 1, 0);
  /** @type {Span} */
  const span = { kind: 'ready', on: null, for: null, held: null, seq: 0, from: 0, to: 0, open: false };
  const show = (/** @type {number} */ place) => {
    const began = times[place] ?? 0;
    span.open = place === last;
    if (began > to || (span.open && ended)) return;
    const wait = waits[place] ?? null;
    [span.on, span.for, span.held] = [wait?.on ?? null, wait?.for ?? null, helds[place] ?? null];
    span.kind = wait !== null ? (wait.on === SLEEP ? 'sleep' : 'wait') : place === 0 ? 'ready' : 'running';
    span.seq = origins[place] ?? 0;
    span.from = began;
    span.to = span.open ? Math.max(now, began) : (times[place + 1] ?? 0);
    visit(span);
  };
  if (shortest !== undefined) {
    const { lasting } = track;
    const began = (/** @type {number} */ index) => times[lasting[index] ?? 0] ?? 0;
    const end = (/** @type {number} */ index) => times[(lasting[index] ?? 0) + 1] ?? 0;
    const until = firstPlace(lasting.length, (index) => (lasting[index] ?? 0) >= last);
    let index = firstPlace(until, (index) => (lasting[index] ?? 0) >= first);
    while (index < until && began(index) <= to) {
      show(lasting[index] ?? 0);
      const least = began(index) + shortest;
      index = nextPlace(index + 1, until, (index) => end(index) >= least);
    }
    if (last >= first) show(last);
  } else {
    for (let place = first; place <= last && (times[place] ?? 0) <= to; place += 1) show(place);
  }
  const event = ended ? recording.events[task.ended] : undefined;
  return event?.kind === 'task' ? { phase: /** @type {Ending} */ (event.phase), seq: task.ended, at: event.at } : null;
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
 * @param {Recording} recording
 * @param {Span} span
 */
export function wordsFor(recording, { kind, on, for: what }) {
  return kind === 'wait' ? `waiting for ${nounOf(recording, on ?? '', what)}` : WORDS[kind];
}

/**
 * What a wait is for, in words: those of its exercise, else `rows from connection 1`, `fetch user:1`.
 * @param {Recording} recording
 * @param {string} on
 * @param {string | null} what
 */
export function nounOf(recording, on, what) {
  const said = described(recording).waits?.[on];
  if (said !== undefined) return said;
  if (what === null) return on;
  return what.startsWith(on) ? what : `${on} from ${what}`;
}
