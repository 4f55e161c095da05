// A recording on an axis of steps: each thing that happens is one step on, however much time passes between two.
//
// It is a recording like any other, whose events have the same places and, instead of their times, the numbers of their
// steps. So everything that is drawn over time is drawn over steps too.

import { Recording, firstPlace } from './recording.js';

/** @typedef {import('../api/playground.js').Event} Event */

/** @type {WeakMap<Recording, Recording>} */
const made = new WeakMap();

/**
 * The recording of the same run in steps; it grows with it.
 * @param {Recording} recording
 */
export function stepped(recording) {
  const steps = made.get(recording) ?? new Recording(recording.info, recording.request);
  made.set(recording, steps);
  steps.report = recording.report;
  const { events } = recording;
  let step = steps.timeAt(steps.length);
  /** @type {Event[]} */
  const more = [];
  for (let seq = steps.length; seq < events.length; seq += 1) {
    const event = events[seq];
    if (event === undefined) break;
    if (isStep(event)) step += 1;
    more.push({ ...event, at: step });
  }
  steps.add(more);
  steps.axis = {
    steps: true,
    ms: (at) => events[firstPlace(steps.length, (place) => (steps.events[place]?.at ?? Infinity) > at) - 1]?.at ?? 0,
    place: (ms) => steps.events[firstPlace(steps.length, (place) => (events[place]?.at ?? Infinity) >= ms)]?.at ?? steps.timeAt(steps.length),
  };
  return steps;
}

/**
 * Whether an event is something that a reader sees happen: wakes, gauges and ends of waits come with what follows them.
 * @param {Event} event
 */
function isStep(event) {
  return !(event.kind === 'wake' || event.kind === 'gauge' || event.kind === 'result' || (event.kind === 'wait' && event.phase === 'end'));
}
