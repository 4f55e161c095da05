// What a task did from when to when: the stretches between two of its events.
//
// A task that neither waits nor has ended counts as running. On a simulated clock that takes no time, so a long
// stretch of it is a task that waits for others, which a trace has no word for.

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./recording.js').Task} Task
 * @typedef {'ready' | 'running' | 'sleep' | 'permit' | 'flight' | 'rate' | 'lock' | 'other'} Kind
 * @typedef {'finished' | 'failed' | 'cancelled'} Ending
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
};

const WAITS = new Set(['sleep', 'permit', 'flight', 'rate', 'lock']);

/**
 * Visits the spans of a task before a cursor, in order; those without length too. Says how it ended, if it has.
 * @param {Recording} recording
 * @param {Task} task
 * @param {number} cursor
 * @param {(span: Span) => void} visit the same object each time: whoever keeps it copies it
 * @param {number} [now] until when an open span lasts; the time of the cursor unless told
 * @returns {{phase: Ending, seq: number, at: number} | null}
 */
export function walk(recording, task, cursor, visit, now = recording.timeAt(cursor)) {
  /** The waits that have not ended, and where each began. @type {{on: string, seq: number}[]} */
  const waits = [];
  /** @type {Span} */
  const span = { kind: 'ready', on: null, seq: task.marks[0] ?? 0, from: 0, to: 0, open: false };
  let begun = false;
  for (const seq of task.marks) {
    if (seq >= cursor) break;
    const event = recording.events[seq];
    if (event === undefined || (event.kind !== 'task' && event.kind !== 'wait')) continue;
    if (begun) {
      span.to = event.at;
      visit(span);
    }
    begun = true;
    [span.seq, span.from] = [seq, event.at];
    if (event.kind === 'task') {
      const { phase } = event;
      if (phase === 'finished' || phase === 'failed' || phase === 'cancelled') return { phase, seq, at: event.at };
      [span.kind, span.on] = [phase === 'spawned' ? 'ready' : 'running', null];
    } else {
      if (event.phase === 'begin') waits.push({ on: event.on, seq });
      else waits.splice(waits.findLastIndex(({ on }) => on === event.on), 1);
      const shown = innermost(waits);
      span.on = shown?.on ?? null;
      span.kind = span.on === null ? 'running' : kindOf(span.on);
      if (event.phase === 'begin') span.seq = shown?.seq ?? seq;
    }
  }
  if (begun) {
    [span.to, span.open] = [Math.max(now, span.from), true];
    visit(span);
  }
  return null;
}

/**
 * The wait that tells most. Whoever leads a flight is in it, and waits for what is in there: that wait begins first, as
 * a label is put on when what it labels does not go on.
 * @param {{on: string, seq: number}[]} waits
 */
function innermost(waits) {
  return waits.findLast(({ on }) => on !== 'flight') ?? waits.at(-1);
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
