// The one file that touches the wasm module: loads it once, runs exercises on it, replaces it when it traps.
//
// Pages and other modules import playground.js; the elements import this one for `begin`, which can also change
// the speed of a run that is going on.

import { PlaygroundError, abortError, asPlaygroundError, isTrap, kindOf } from './errors.js';
import { batches, watchHidden } from './frames.js';

/**
 * @typedef {import('./playground.js').Event} Event
 * @typedef {import('./playground.js').ExerciseInfo} ExerciseInfo
 * @typedef {import('./playground.js').Report} Report
 * @typedef {import('./playground.js').Row} Row
 * @typedef {typeof import('./async_playground.js')} Glue
 * @typedef {import('./async_playground.js').Session} Session
 * @typedef {(error: unknown) => void} Fail
 */

/** Every attempt to load has its number: a module that failed or trapped is imported anew under another address. */
let attempts = 0;
/** @type {Promise<Instance> | null} */
let opening = null;
/** @type {Instance | null} */
let living = null;
/** Kept apart from the instance: it outlives a trap. @type {ExerciseInfo[] | null} */
let exercises = null;

/** One instance of the wasm module, and the runs that go on in it. */
class Instance {
  /** @type {Set<Fail>} */
  #running = new Set();
  /** @type {PlaygroundError | null} */
  #trapped = null;
  #glue;
  #address;

  /**
   * @param {Glue} glue
   * @param {string} address
   */
  constructor(glue, address) {
    this.#glue = glue;
    this.#address = address;
    glue.onPanic((message) => this.die(message));
  }

  static async load() {
    attempts += 1;
    const address = new URL('./async_playground.js', import.meta.url);
    if (attempts > 1) address.searchParams.set('instance', String(attempts));
    try {
      /** @type {Glue} */
      const glue = attempts === 1 ? await import('./async_playground.js') : await import(address.href);
      await glue.default();
      return new Instance(glue, address.href);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new PlaygroundError('load', `the playground's wasm module did not load: ${why}`, { cause });
    }
  }

  /**
   * Calls into the module; a trap on the way ends this instance.
   * @template T
   * @param {(glue: Glue) => T} work
   * @returns {T}
   */
  call(work) {
    if (this.#trapped) throw this.#trapped;
    try {
      return work(this.#glue);
    } catch (error) {
      throw this.explain(error);
    }
  }

  /**
   * The error as a caller is to see it.
   * @param {unknown} error
   * @returns {unknown}
   */
  explain(error) {
    if (this.#trapped) return this.#trapped;
    return isTrap(error) ? this.die(String(error)) : asPlaygroundError(error);
  }

  /**
   * All runs in a trapped instance are lost: its memory may be in any state.
   * @param {string} why
   */
  die(why) {
    this.#trapped ??= new PlaygroundError('trap', `the wasm instance ended: ${why}; the next run gets a fresh one`);
    if (living === this) [living, opening] = [null, null];
    const running = [...this.#running];
    this.#running.clear();
    for (const fail of running) fail(this.#trapped);
    return this.#trapped;
  }

  /**
   * Whether an uncaught error came out of this instance: timers call into it with nobody around to catch.
   * @param {unknown} error
   */
  owns(error) {
    if (!(error instanceof Error) || !isTrap(error)) return false;
    const stack = error.stack ?? '';
    if (stack.includes(`${this.#address}:`)) return true;
    // A deep stack shows only the module's own frames, which bear no number.
    return stack.includes('async_playground_bg.wasm') && !stack.includes('async_playground.js');
  }

  /** @param {Fail} fail */
  enter(fail) {
    this.#running.add(fail);
  }

  /** @param {Fail} fail */
  leave(fail) {
    this.#running.delete(fail);
  }
}

globalThis.addEventListener?.('error', (event) => {
  const { error } = /** @type {ErrorEvent} */ (event);
  if (living?.owns(error)) living.die(String(error));
});
globalThis.addEventListener?.('unhandledrejection', (event) => {
  const { reason } = /** @type {PromiseRejectionEvent} */ (event);
  if (living?.owns(reason)) living.die(String(reason));
});

/** @returns {Promise<Instance>} */
function open() {
  const attempt = (opening ??= Instance.load().then((instance) => {
    exercises ??= instance.call((glue) => glue.catalogue());
    living = instance;
    return instance;
  }));
  // A failed load is not remembered: the network may be back.
  attempt.catch(() => {
    if (opening === attempt) opening = null;
  });
  return attempt;
}

/** @returns {Promise<void>} */
export async function ready() {
  await open();
}

/** @returns {ExerciseInfo[]} a copy that the caller may change */
export function catalogue() {
  if (exercises === null) throw notReady();
  return structuredClone(exercises);
}

/**
 * @param {string} slug
 * @param {string[]} lines
 * @param {{clock?: import('./playground.js').ClockName, finished?: boolean}} [options]
 * @returns {Row[]}
 */
export function compare(slug, lines, { clock = 'instant', finished = true } = {}) {
  if (living === null) throw notReady();
  return living.call((glue) => glue.compare(slug, lines, clock === 'live', finished));
}

function notReady() {
  return new PlaygroundError('load', 'the playground is not loaded: await ready() first');
}

/**
 * @param {unknown} slug
 * @param {unknown} [options]
 * @returns {Promise<Report>}
 */
export function run(slug, options) {
  return begin(slug, options).report;
}

/**
 * Starts a run; what is wrong with slug or options is told by the promise.
 * @param {unknown} slug
 * @param {unknown} [options]
 * @returns {{report: Promise<Report>, setSpeed: (speed: number) => void}}
 */
export function begin(slug, options = {}) {
  /** @type {((speed: number) => void) | null} */
  let changeSpeed = null;
  const report = new Promise(
    /** @type {(resolve: (report: Report) => void, reject: Fail) => void} */
    (resolve, reject) => {
      const { signal, onEvents, rest } = checked(options);
      const events = batches(onEvents);
      const hidden = watchHidden();
      /** @type {Instance | null} */
      let instance = null;
      /** @type {Session | null} */
      let session = null;
      let settled = false;

      /** @param {() => void} settle */
      const finish = (settle) => {
        if (settled) return;
        settled = true;
        events.close();
        hidden.end();
        signal?.removeEventListener('abort', abort);
        instance?.leave(fail);
        changeSpeed = null;
        settle();
      };
      /** @type {Fail} */
      const fail = (error) => {
        events.flush();
        finish(() => reject(error));
      };
      const abort = () => {
        if (settled) return;
        const dropped = session;
        finish(() => reject(abortError()));
        // A trap while dropping ends the other runs of the instance; this one is over already.
        if (dropped !== null) {
          quietly(() => instance?.call(() => dropped.stop()));
          quietly(() => instance?.call(() => dropped.free()));
        }
      };

      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      open()
        .then(async (opened) => {
          if (settled) return;
          instance = opened;
          opened.enter(fail);
          const started = opened.call((glue) => glue.start(slug, rest, events.push));
          session = started;
          changeSpeed = (speed) => opened.call(() => started.setSpeed(speed));
          const report = await started.report();
          events.flush();
          const disturbed = report.clock === 'live' && hidden.seen();
          finish(() => resolve({ ...report, disturbed }));
          quietly(() => opened.call(() => started.free()));
        })
        .catch((error) => fail(instance === null ? error : instance.explain(error)));
    },
  );
  return { report, setSpeed: (speed) => changeSpeed?.(speed) };
}

/** @param {() => void} work */
function quietly(work) {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
  }
}

/**
 * Takes apart the options that JavaScript itself serves; all others are the wasm module's to check.
 * @param {unknown} options
 */
function checked(options) {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new PlaygroundError('bad-value', `options must be an object, not ${kindOf(options)}`);
  }
  const { signal, onEvents, ...rest } = /** @type {Record<string, unknown>} */ (options);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new PlaygroundError('bad-value', `signal must be an AbortSignal, not ${kindOf(signal)}`);
  }
  if (onEvents !== undefined && typeof onEvents !== 'function') {
    throw new PlaygroundError('bad-value', `onEvents must be a function, not ${kindOf(onEvents)}`);
  }
  const deliver = /** @type {(events: Event[]) => void} */ (onEvents ?? (() => {}));
  return { signal, onEvents: deliver, rest };
}
