// A recording on an axis of steps: each thing that happens is one step on, however much time passes between two.
//
// It is a recording like any other, whose events have the same places and, instead of their times, the numbers of their
// steps. So everything that is drawn over time is drawn over steps too.

import { Recording } from './recording.js';

/**
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {'time' | 'steps'} Axis
 */

/** What a picture may be drawn over. */
export const AXES = /** @type {const} */ (['time', 'steps']);

/** @type {WeakMap<Recording, Recording>} */
const made = new WeakMap();

/**
 * A recording as it is drawn on an axis.
 * @param {Recording} recording
 * @param {Axis} axis
 */
export function onAxis(recording, axis) {
  return axis === 'time' ? recording : stepped(recording);
}

/**
 * The recording of the same run in steps; it grows with it.
 * @param {Recording} recording
 */
export function stepped(recording) {
  const steps = made.get(recording) ?? begun(recording);
  steps.report = recording.report;
  let step = steps.timeAt(steps.length);
  for (let seq = steps.length; seq < recording.length; seq += 1) {
    const event = recording.events[seq];
    if (event === undefined) break;
    if (isStep(event)) step += 1;
    steps.add([{ ...event, at: step }]);
  }
  return steps;
}

/** @param {Recording} recording */
function begun(recording) {
  const steps = new Recording(recording.info, recording.request);
  steps.axis = {
    steps: true,
    ms: (at) => recording.timeAt(steps.cursorAt(at)),
    place: (ms) => steps.events[recording.cursorBefore(ms)]?.at ?? steps.timeAt(steps.length),
  };
  made.set(recording, steps);
  return steps;
}

/**
 * Whether an event is something that a reader sees happen: wakes, gauges and ends of waits come with what follows them.
 * @param {Event} event
 */
function isStep(event) {
  return !(event.kind === 'wake' || event.kind === 'gauge' || event.kind === 'result' || (event.kind === 'wait' && event.phase === 'end'));
}
