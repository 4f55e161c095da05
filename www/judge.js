// The report of a run that has ended in a lean module, which judges nothing. Loaded with the first of them.

import { quietly } from './errors.js';

/**
 * @typedef {import('./playground.js').Event} Event
 * @typedef {import('./async_playground.js').Ended} Ended
 * @typedef {import('./engine.js').Instance} Instance
 */

/**
 * @param {Instance} instance of the full module
 * @param {unknown} slug
 * @param {Record<string, unknown>} options
 * @param {Ended} ended
 * @param {Event[][]} trace
 * @param {AbortSignal} [signal] ends it between two steps
 */
export async function judgedBy(instance, slug, options, ended, trace, signal) {
  const judge = instance.call((glue) => new glue.Judge(slug, options, ended));
  let began = performance.now();
  // A large trace takes longer than the page can wait.
  const rest = async () => {
    if (performance.now() - began < 8) return;
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    began = performance.now();
  };
  try {
    for (const events of trace) {
      instance.call(() => judge.add(events));
      await rest();
    }
    while (instance.call(() => judge.step())) await rest();
    return instance.call(() => judge.report());
  } finally {
    quietly(() => instance.call(() => judge.free()));
  }
}
