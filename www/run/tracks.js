// What a task is at from each of its own events on: read off the trace once, and on from there when there is more, since
// a timeline that grows asks in every frame.

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./recording.js').Task} Task
 * @typedef {{on: string, seq: number}} Wait
 *
 * @typedef {object} Track
 * @property {number[]} times when each of the task's marks was, in ms
 * @property {(string | null)[]} ons what it waits for from there on, in the trace's own word
 * @property {number[]} origins the place of the event that began that
 * @property {Wait[]} waits those that have not ended
 */

/** @type {WeakMap<Task, Track>} */
const tracks = new WeakMap();

/**
 * @param {Recording} recording
 * @param {Task} task
 */
export function trackOf({ events }, task) {
  /** @type {Track} */
  const track = tracks.get(task) ?? { times: [], ons: [], origins: [], waits: [] };
  tracks.set(task, track);
  const { times, ons, origins, waits } = track;
  for (let place = times.length; place < task.marks.length; place += 1) {
    const seq = task.marks[place] ?? 0;
    const event = events[seq];
    if (event?.kind === 'wait') {
      if (event.phase === 'begin') waits.push({ on: event.on, seq });
      else waits.splice(waits.findLastIndex(({ on }) => on === event.on), 1);
    }
    const shown = innermost(waits);
    times.push(event?.at ?? 0);
    ons.push(shown?.on ?? null);
    origins.push(event?.kind === 'wait' && event.phase === 'begin' ? (shown?.seq ?? seq) : seq);
  }
  return track;
}

/**
 * The wait that tells most. Whoever leads a flight is in it, and waits for what is in there: that wait begins first, as
 * a label is put on when what it labels does not go on.
 * @param {Wait[]} waits
 */
function innermost(waits) {
  return waits.findLast(({ on }) => on !== 'flight') ?? waits.at(-1);
}
