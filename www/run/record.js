// Makes a recording: has a run computed and judged.

import { Run } from '../api/engine.js';
import { isPython } from './request.js';

/**
 * Fills a recording; settles when it has its report.
 * @param {import('./recording.js').Recording} recording an empty one
 * @param {AbortSignal} signal
 * @param {(events: import('../api/playground.js').Event[]) => void} grown is called when events have been added
 * @param {() => void} [computed] is called when all events are there; the judgement may take longer, as its module may
 *   still be loading
 * @param {(share: number) => void} [loading] is called while Python is loaded, with the part that is there
 */
export async function record(recording, signal, grown, computed = () => {}, loading = () => {}) {
  const add = (/** @type {import('../api/playground.js').Event[]} */ events) => {
    recording.add(events);
    grown(events);
  };
  if (isPython(recording.request.program)) return recordPython(recording, signal, add, computed, loading);
  const run = new Run({ ...recording.request }, add, signal);
  recording.ended = await run.compute();
  computed();
  recording.report = await run.judge(recording.events);
}

/**
 * @param {import('./recording.js').Recording} recording
 * @param {AbortSignal} signal
 * @param {(events: import('../api/playground.js').Event[]) => void} add
 * @param {() => void} computed
 * @param {(share: number) => void} loading
 */
async function recordPython(recording, signal, add, computed, loading) {
  const { exercise, clock: _, ...rest } = recording.request;
  const { readyPython, run } = await import('../api/calls.js');
  await readyPython({ onProgress: (/** @type {{loaded: number, total: number}} */ { loaded, total }) => loading(loaded / total) });
  const report = await run(exercise, { ...rest, signal, onEvents: add });
  const { error, elapsed, tasks } = report;
  recording.ended = { error, elapsed, tasks, stuck: [] };
  recording.report = report;
  computed();
}
