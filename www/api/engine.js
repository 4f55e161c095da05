// Runs exercises on the wasm modules, and has their events judged.
//
// A run of a correct program is computed in the exercise's lean module, which is there first; any other in the full module.
// Either way the full module judges it. Pages and other modules import playground.js; the elements import this one, and
// calls.js for what is not in the first load.

import { known, loadCatalogue } from './catalogue.js';
import { PlaygroundError, abortError, quietly } from './errors.js';
import { batches } from './frames.js';
import { full, quickest } from './modules.js';

export { before, catalogue, describe, mistakeOf, reading, sample } from './catalogue.js';

/**
 * @typedef {import('./playground.js').Event} Event
 * @typedef {import('./playground.js').Report} Report
 * @typedef {import('./playground.js').Row} Row
 * @typedef {import('./async_playground.js').Ended} Ended
 * @typedef {Record<string, unknown> & {exercise: string}} Request checked by the wasm module, but for the exercise
 * @typedef {import('./async_playground.js').Session} Session
 * @typedef {import('./modules.js').Fail} Fail
 * @typedef {import('./modules.js').Instance} Instance
 */

/** Gives an instance of the full module. */
export const openFull = () => full.open();

/**
 * @param {string} [slug] the exercise whose correct program is to be run; any program of any exercise if not given
 * @returns {Promise<void>}
 */
export async function ready(slug) {
  if (slug === undefined) await Promise.all([full.open(), loadCatalogue()]);
  // The full module can run the exercise too, if it is loaded by then.
  else await quickest(known(slug)).open().catch((error) => full.living ?? Promise.reject(error));
}

/**
 * Runs an exercise once without showing it, if it has a lean module: browsers compile a module's functions when they are
 * first called, which would fall between Run and the first line.
 * @param {string} slug
 */
export async function warmUp(slug) {
  if (quickest(slug) !== full) await new Run({ exercise: slug }, () => {}, undefined, true).compute();
}

/**
 * @param {unknown} slug
 * @param {unknown} lines
 * @param {unknown} [options]
 * @returns {Row[]}
 */
export function compare(slug, lines, options) {
  known(slug);
  const { living } = full;
  if (living === null) throw new PlaygroundError('load', 'the playground is not loaded: await ready() first');
  return living.call((glue) => glue.compare(slug, lines, options));
}

/** One run: `compute` gives its end, then `judge` its report. An abort or a trap rejects either. */
export class Run {
  #request;
  #signal;
  #module;
  #batches;
  #warmUp;
  /** Rejects when the run is aborted or its instance traps. @type {Promise<never>} */
  #failure;
  /** @type {Fail} */
  #fail = () => {};
  #instance = /** @type {Instance | null} */ (null);
  #session = /** @type {Session | null} */ (null);
  #ended = /** @type {Ended | null} */ (null);
  #abort = () => {
    this.#batches.close();
    this.#fail(abortError());
    this.#close();
  };

  /**
   * @param {Request} request
   * @param {(events: Event[]) => void} onEvents is given the new events in order, at most once a frame
   * @param {AbortSignal} [signal]
   * @param {boolean} [warmUp] whether the report is not wanted
   */
  constructor(request, onEvents, signal, warmUp = false) {
    this.#request = request;
    this.#signal = signal;
    this.#warmUp = warmUp;
    const { program = 'correct' } = request;
    this.#module = program === 'correct' ? quickest(request.exercise) : full;
    this.#batches = batches(onEvents);
    this.#failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failure.catch(() => {});
    signal?.addEventListener('abort', this.#abort);
  }

  /** Whether `judge` needs the events: a session of the full module has them itself. */
  get needsEvents() {
    return this.#module !== full;
  }

  /** @returns {Promise<Ended>} */
  async compute() {
    try {
      if (this.#signal?.aborted) throw abortError();
      const instance = await this.#unlessFailed(this.#module.open());
      this.#enter(instance);
      const session = instance.call((glue) => glue.start(this.#request, (events) => this.#batches.push(events)));
      this.#session = session;
      // Loaded meanwhile, to judge the run when it is over.
      if (this.#module !== full && !this.#warmUp) full.open().catch(() => {});
      this.#ended = await this.#unlessFailed(session.outcome());
      this.#batches.flush();
      if (this.#warmUp) this.#close();
      return this.#ended;
    } catch (error) {
      throw this.#broken(error);
    }
  }

  /**
   * @param {Event[]} events all events of the run, if `needsEvents`
   * @returns {Promise<Report>}
   */
  async judge(events) {
    try {
      const report = await this.#unlessFailed(this.needsEvents ? this.#judgeElsewhere(events) : this.#judgeHere());
      this.#close();
      return report.clock === 'real' && report.verdict === 'failed' ? await this.#unlessLate(report) : report;
    } catch (error) {
      throw this.#broken(error);
    }
  }

  /** @param {Report} report */
  async #unlessLate(report) {
    const [{ unlessLate }, { run }] = await Promise.all([import('./late.js'), import('./calls.js')]);
    const simulated = await run(this.#request.exercise, { ...this.#request, clock: 'simulated', signal: this.#signal });
    return unlessLate(report, simulated);
  }

  async #judgeHere() {
    const [instance, session] = [this.#instance, this.#session];
    if (instance === null || session === null) throw abortError();
    return instance.call(() => session.judge());
  }

  /** @param {Event[]} events */
  async #judgeElsewhere(events) {
    const ended = this.#ended;
    if (ended === null) throw abortError();
    this.#release();
    const instance = await this.#unlessFailed(full.open());
    this.#enter(instance);
    return instance.call((glue) => glue.judge(this.#request, events, ended));
  }

  /** @param {Instance} instance */
  #enter(instance) {
    this.#instance = instance;
    instance.enter(this.#fail);
  }

  /**
   * @template T
   * @param {Promise<T>} work
   */
  #unlessFailed(work) {
    return Promise.race([work, this.#failure]);
  }

  /**
   * Ends the run after an error, and gives the error as the caller is to see it.
   * @param {unknown} error
   */
  #broken(error) {
    const explained = this.#instance?.explain(error) ?? error;
    this.#batches.flush();
    this.#close();
    return explained;
  }

  #close() {
    this.#batches.close();
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#release();
  }

  /** Drops the session; that may trap, which ends the other runs of the instance, but this one is over. */
  #release() {
    const [instance, session] = [this.#instance, this.#session];
    [this.#instance, this.#session] = [null, null];
    if (instance === null) return;
    instance.leave(this.#fail);
    if (session === null) return;
    quietly(() => instance.call(() => session.stop()));
    quietly(() => instance.call(() => session.free()));
  }
}
