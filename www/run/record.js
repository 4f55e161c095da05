// Makes a recording: has a run computed and judged.

import { Run } from '../api/engine.js';

/**
 * Fills a recording; settles when it has its report.
 * @param {import('./recording.js').Recording} recording an empty one
 * @param {AbortSignal} signal
 * @param {(events: import('../api/playground.js').Event[]) => void} grown is called when events have been added
 * @param {() => void} [computed] is called when all events are there; the judgement may take longer, as its module may
 *   still be loading
 */
export async function record(recording, signal, grown, computed = () => {}) {
  const add = (/** @type {import('../api/playground.js').Event[]} */ events) => {
    recording.add(events);
    grown(events);
  };
  const run = new Run({ ...recording.request }, add, signal);
  recording.ended = await run.compute();
  computed();
  recording.report = await run.judge(recording.events);
}
