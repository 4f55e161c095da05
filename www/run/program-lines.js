// The lines of a program in Python at which something happened.
//
// What the exercise records of a task, such as the use of a connection, has no line of the program. But the task was at a line of it
// before, and at another one afterwards: where it waited, printed or started a task.

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {{from: number, to: number}} Lines both are included
 */

/** As in python/playground/source.py. */
const PROGRAM = 'program.py';

/**
 * The lines between which the last of some events happened that a task has done; null where there are none.
 * @param {Recording} recording
 * @param {number[]} places of the events in the trace
 * @returns {Lines | null}
 */
export function linesOf({ events }, places) {
  const place = places.filter((one) => doerOf(events[one]) !== null).at(-1);
  if (place === undefined) return null;
  const task = doerOf(events[place]);
  const line = (/** @type {number} */ at) => (doerOf(events[at]) === task ? lineOf(events[at]) : null);
  const own = line(place);
  if (own !== null) return { from: own, to: own };
  const found = [];
  for (const step of [-1, 1]) {
    let at = place + step;
    while (at >= 0 && at < events.length && line(at) === null) at += step;
    found.push(line(at));
  }
  const known = found.filter((one) => one !== null);
  return known.length === 0 ? null : { from: Math.min(...known), to: Math.max(...known) };
}

/**
 * The task that did something; null where none did. A task is started at a line of the one that starts it.
 * @param {Event | undefined} event
 */
function doerOf(event) {
  if (event === undefined) return null;
  if (event.kind === 'task') return event.phase === 'spawned' ? event.parent : event.id;
  return 'task' in event ? event.task : null;
}

/** @param {Event | undefined} event */
function lineOf(event) {
  return event !== undefined && 'file' in event && event.file === PROGRAM ? (event.row ?? null) : null;
}
