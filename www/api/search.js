// A search for an order of tasks under which a rule breaks.

import { abortError, quietly } from './errors.js';
import { batches } from './frames.js';

/**
 * @typedef {import('./playground.js').Findings} Findings
 * @typedef {import('./async_playground.js').SearchSession} SearchSession
 * @typedef {import('./engine.js').Fail} Fail
 * @typedef {import('./engine.js').Instance} Instance
 */

/**
 * @param {() => Promise<Instance>} open gives an instance of the full module
 * @param {import('./engine.js').Request} request
 * @param {(progress: unknown) => void} callback
 * @param {AbortSignal} [signal]
 * @returns {Promise<Findings>}
 */
export function search(open, request, callback, signal) {
  return new Promise((resolve, reject) => {
    const progress = batches((reports) => callback(reports.at(-1)));
    /** @type {Instance | null} */
    let instance = null;
    /** @type {SearchSession | null} */
    let session = null;
    let settled = false;

    /** @param {() => void} settle */
    const finish = (settle) => {
      if (settled) return;
      settled = true;
      progress.close();
      signal?.removeEventListener('abort', abort);
      instance?.leave(fail);
      const [opened, dropped] = [instance, session];
      if (opened !== null && dropped !== null) {
        quietly(() => opened.call(() => dropped.stop()));
        quietly(() => opened.call(() => dropped.free()));
      }
      settle();
    };
    /** @type {Fail} */
    const fail = (error) => finish(() => reject(error));
    const abort = () => finish(() => reject(abortError('search')));

    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort);
    const began = performance.now();
    open()
      .then(async (opened) => {
        if (settled) return;
        instance = opened;
        opened.enter(fail);
        const tell = (/** @type {number} */ tried, /** @type {number} */ seeds) => progress.push([{ tried, seeds }]);
        session = opened.call((glue) => glue.search(request, tell));
        const findings = await session.findings();
        tell(findings.tried, findings.seeds);
        progress.flush();
        finish(() => resolve({ ...findings, elapsed: performance.now() - began }));
      })
      .catch((error) => fail(instance === null ? error : instance.explain(error)));
  });
}
