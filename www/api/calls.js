// The calls of the public module that no page needs for its first load. Loaded with the first of them.

import { catalogue, known, loadCatalogue } from './catalogue.js';
import { ask } from './ask.js';
import { Run, openFull } from './engine.js';
import { PlaygroundError, kindOf } from './errors.js';
import { batches } from './frames.js';
import { search as searchInRust } from './search.js';

/**
 * @typedef {import('./playground.js').Event} Event
 * @typedef {import('./playground.js').Report} Report
 * @typedef {import('./playground.js').Findings} Findings
 * @typedef {import('./engine.js').Request} Request
 */

/**
 * Loads Python.
 * @param {unknown} [options]
 * @returns {Promise<void>}
 */
export async function readyPython(options = {}) {
  const { callback } = checked(options, 'onProgress');
  await latest(callback, async (tell) => (await python()).load(tell));
}

/**
 * @param {unknown} slug
 * @param {unknown} [options]
 * @returns {Promise<Report>}
 */
export async function run(slug, options = {}) {
  const { signal, callback, rest } = checked(options, 'onEvents');
  const request = { ...rest, exercise: known(slug) };
  if (isPython(request)) return latest(callback, async (deliver) => (await python()).run(request, openFull, deliver, signal));
  /** @type {Event[]} */
  const events = [];
  const deliver = (/** @type {Event[]} */ some) => {
    // Copies, since the callback may change its own.
    if (run.needsEvents) for (const event of some) events.push({ ...event });
    callback(some);
  };
  const run = new Run(request, deliver, signal);
  await run.compute();
  return run.judge(events);
}

/**
 * Looks for an order of tasks under which a rule breaks.
 * @param {unknown} slug
 * @param {unknown} [options]
 * @returns {Promise<Findings>}
 */
export async function search(slug, options = {}) {
  const { signal, callback, rest } = checked(options, 'onProgress');
  const request = { ...rest, exercise: known(slug) };
  if (!isPython(request)) return searchInRust(openFull, request, callback, signal);
  return latest(callback, async (tell) => (await python()).search(request, openFull, tell, signal));
}

/**
 * Runs a program in Python at other settings and in other orders, up to the first run that fails.
 * @param {unknown} slug
 * @param {unknown} [options]
 * @returns {Promise<import('./playground.js').CheckFindings>}
 */
export async function check(slug, options = {}) {
  const { signal, callback, rest } = checked(options, 'onProgress');
  const request = { ...rest, exercise: known(slug) };
  if (!isPython(request)) throw new PlaygroundError('bad-value', 'check takes a program in Python: code, or the program "answer"');
  await loadCatalogue();
  const exercise = catalogue().find((one) => one.slug === slug);
  if (exercise === undefined) throw new PlaygroundError('load', 'the catalogue does not have the exercise');
  return latest(callback, async (tell) => (await python()).check(request, exercise, openFull, tell, signal));
}

/**
 * What an exercise has in Python.
 * @param {unknown} slug
 * @returns {Promise<import('./playground.js').PythonSources>}
 */
export async function sources(slug) {
  const exercise = known(slug);
  return (await python()).sources(exercise);
}

/**
 * Lists the moments of a run at which two or more tasks are ready.
 * @param {unknown} slug
 * @param {unknown} [options]
 * @returns {Promise<import('./playground.js').Decision[]>}
 */
export async function decisions(slug, options = {}) {
  const request = { ...own(options), exercise: known(slug) };
  if (isPython(request)) return (await python()).decisions(request, openFull);
  return ask(await openFull(), (glue) => glue.decisions(request));
}

/**
 * Whether a request is for a program in Python.
 * @param {Request} request
 */
function isPython({ code, program }) {
  return code !== undefined || program === 'answer';
}

/** What programs in Python need is loaded with the first of them. */
function python() {
  return import('../python/programs.js').catch((cause) => {
    throw new PlaygroundError('load', `a script of the playground did not load: ${cause}`, { cause });
  });
}

/**
 * Does work that reports its progress: the latest is passed on, at most once a frame. An error of the callback is reported.
 * @template T, P
 * @param {(progress: P) => void} callback
 * @param {(tell: (progress: P) => void) => Promise<T>} work
 */
async function latest(callback, work) {
  const progress = batches((/** @type {P[]} */ reports) => {
    for (const report of reports.slice(-1)) callback(report);
  });
  try {
    const result = await work((report) => progress.push([report]));
    progress.flush();
    return result;
  } finally {
    progress.close();
  }
}

/**
 * Takes apart the options that JavaScript itself serves; all others are the wasm module's to check.
 * @param {unknown} options
 * @param {'onEvents' | 'onProgress'} name of the callback
 */
function checked(options, name) {
  const { signal, [name]: given, ...rest } = own(options);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new PlaygroundError('bad-value', `signal must be an AbortSignal, not ${kindOf(signal)}`);
  }
  if (given !== undefined && typeof given !== 'function') {
    throw new PlaygroundError('bad-value', `${name} must be a function, not ${kindOf(given)}`);
  }
  const callback = /** @type {(given: unknown) => void} */ (given ?? (() => {}));
  return { signal, callback, rest };
}

/**
 * A copy of the options. Reading them may call getters and proxies of the caller, which may throw.
 * @param {unknown} options
 * @returns {Record<string, unknown>}
 */
function own(options) {
  try {
    if (typeof options === 'object' && options !== null && !Array.isArray(options)) return { ...options };
  } catch {
    throw new PlaygroundError('bad-value', 'options must be an object that can be read');
  }
  throw new PlaygroundError('bad-value', `options must be an object, not ${kindOf(options)}`);
}
