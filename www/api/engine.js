// Runs exercises on the wasm modules, and puts together what comes of it.
//
// A correct run with default settings begins in the exercise's lean module at once, while the full module is on its way; that
// one then judges it. Pages and other modules import playground.js; the elements import this one for `begin`, which can also
// change the speed of a run that is going on, and take a hand in it.

import { known, loadCatalogue } from './catalogue.js';
import { PlaygroundError, abortError, kindOf, quietly } from './errors.js';
import { batches, watchHidden } from './frames.js';
import { full, quickest } from './modules.js';

export { catalogue, describe, mistakeOf, reading } from './catalogue.js';

/**
 * @typedef {import('./playground.js').Event} Event
 * @typedef {import('./playground.js').Report} Report
 * @typedef {import('./playground.js').Row} Row
 * @typedef {import('./playground.js').Findings} Findings
 * @typedef {import('./async_playground.js').Session} Session
 * @typedef {import('./modules.js').Fail} Fail
 * @typedef {import('./modules.js').Instance} Instance
 */

/**
 * @param {string} [slug] the exercise for which it is enough to be ready, correct and with default settings
 * @returns {Promise<void>}
 */
export async function ready(slug) {
  if (slug === undefined) await Promise.all([full.open(), loadCatalogue()]);
  // The full module may have come meanwhile, and serves as well.
  else await quickest(known(slug)).open().catch((error) => full.living ?? Promise.reject(error));
}

/**
 * Runs an exercise once for nobody, if it begins in a lean module: browsers compile a module's functions when they are
 * first called, which would fall between Run and the first line.
 * @param {string} slug
 */
export async function rehearse(slug) {
  const module = quickest(slug);
  if (module === full) return;
  const opened = await module.open();
  const session = opened.call((glue) => glue.begin(CLOCKS.indexOf('instant'), 1, () => {}));
  await session.outcome();
  opened.call(() => session.free());
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
 * @param {boolean} [acts] whether somebody may take a hand in it, which takes the full module
 * @returns {{report: Promise<Report>, setSpeed: (speed: number) => void, act: (what: string, task?: number) => boolean}}
 */
export function begin(slug, options = {}, acts = false) {
  /** @type {(<T>(work: (session: Session) => T) => T) | null} */
  let going = null;
  const report = new Promise(
    /** @type {(resolve: (report: Report) => void, reject: Fail) => void} */
    (resolve, reject) => {
      const { signal, callback, rest } = checked(options, 'onEvents');
      const quick = quickest(known(slug));
      const plain = acts ? null : asPlain(rest);
      const module = plain === null ? full : quick;
      const events = batches(/** @type {(events: Event[]) => void} */ (callback));
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
        going = null;
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
      module
        .open()
        .then(async (opened) => {
          if (settled) return;
          instance = opened;
          opened.enter(fail);
          /** @type {Event[]} */
          const trace = [];
          const sink = (/** @type {Event[]} */ some) => {
            // Copies: the callback may do to its own what it likes.
            if (module !== full) trace.push(...some.map((event) => ({ ...event })));
            events.push(some);
          };
          const started = opened.call((glue) =>
            plain === null || module === full ? glue.start(slug, rest, sink) : glue.begin(plain.clock, plain.speed, sink),
          );
          session = started;
          going = (work) => opened.call(() => work(started));
          // For judging: asked for now, so that it is there when the run is over.
          if (module !== full) full.open().catch(() => {});
          const outcome = await started.outcome();
          events.flush();
          if (settled) return;
          const wasHidden = hidden.seen();
          [session, going] = [null, null];
          quietly(() => opened.call(() => started.free()));
          const conclude = (/** @type {Omit<Report, 'disturbed'>} */ report) =>
            finish(() => resolve({ ...report, disturbed: report.clock === 'live' && wasHidden }));
          if ('verdict' in outcome) return conclude(outcome);
          opened.leave(fail);
          instance = null;
          const judge = await full.open();
          if (settled) return;
          instance = judge;
          conclude(judge.call((glue) => glue.judge(slug, rest, trace, outcome)));
        })
        .catch((error) => fail(instance === null ? error : instance.explain(error)));
    },
  );
  return {
    report,
    setSpeed: (speed) => going?.((session) => session.setSpeed(speed)),
    act: (what, task) => going?.((session) => session.act(what, task)) ?? false,
  };
}

/**
 * Looks for an order of tasks under which a rule breaks.
 * @param {unknown} slug
 * @param {unknown} [options]
 * @returns {Promise<Findings>}
 */
export async function search(slug, options = {}) {
  const { signal, callback, rest } = checked(options, 'onProgress');
  known(slug);
  const { search: start } = await import('./search.js').catch((cause) => {
    throw new PlaygroundError('load', `a script of the playground did not load: ${cause}`, { cause });
  });
  return start(() => full.open(), slug, rest, callback, signal);
}

/** By their numbers in a lean module. */
const CLOCKS = ['live', 'instant', 'paced'];

/**
 * What a lean module is told of a run: it has the correct one with default settings, and checks nothing. Null for any other,
 * and for what has to be refused.
 * @param {Record<string, unknown>} options
 */
function asPlain({ clock = 'instant', speed = 1, program = 'correct', ...more }) {
  const place = CLOCKS.indexOf(/** @type {string} */ (clock));
  const known = place >= 0 && program === 'correct' && Object.values(more).every((value) => value === undefined);
  return known && typeof speed === 'number' && speed >= 0.05 && speed <= 20 ? { clock: place, speed } : null;
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
  const callback = /** @type {(told: unknown) => void} */ (given ?? (() => {}));
  return { signal, callback, rest };
}

/**
 * A copy, for which getters and proxies of the caller are asked; these may throw.
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
