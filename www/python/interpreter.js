// One worker with Python in it, and the watch over its runs.
//
// A run is one call in the worker, so it can be ended only with the worker.

import { PlaygroundError } from '../api/errors.js';

/**
 * @typedef {{message: string, line: number | null}} Message
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {import('../api/playground.js').Decision} Decision
 * @typedef {import('../api/async_playground.js').Ended} Ended
 * @typedef {{events: Event[], ended: Ended, error: Message | null, notes: Message[], is_whole: boolean, decisions?: Decision[]}} Outcome
 * @typedef {{resolve: (outcome: Outcome) => void, reject: (error: unknown) => void}} Settle
 */

/** Time is counted in turns of this page, so that a page that is late blames no program. */
const TURN_MS = 250;
/** A program that has given no sign of life for so many turns is ended. */
const SILENT = 12;
/** And one that takes so many turns in all. */
const LONGEST = 240;
/** What to look at where nothing else is known: Python's own limits stop any other program. */
const ENDLESS = 'Look for a loop that never ends, and for an `except:` that catches everything and goes on.';
/** Where the worker has refused memory. */
const MEMORY = 'It needs more than 256 MB of memory. Look for data that grows without end, and for an `except:` that goes on after a MemoryError.';
const UNREAD = 'What happened in the run cannot be read: one of the values may be nan or infinite.';
const AFRESH = 'The next run starts afresh.';

export class Interpreter {
  #worker;
  #onLoaded;
  /** @type {Settle | null} */
  #running = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watch;
  #turns = 0;
  #silent = 0;
  /** The line of the program that was last reported. @type {number | null} */
  #line = null;
  /** Whether it was refused memory. */
  #refused = false;
  /** Whether it has ended, and only its outcome is still to come: of many events that takes its time. */
  #over = false;
  /** @type {(error: unknown) => void} */
  #fail = () => {};
  /** Whether another one is to take its place. */
  spent = false;

  /**
   * @param {URL} address of the script of the worker
   * @param {(loaded: number) => void} onLoaded is called with the bytes loaded so far
   */
  constructor(address, onLoaded) {
    this.#onLoaded = onLoaded;
    const { promise, resolve, reject } = settled();
    /** Settles when it can run programs. @type {Promise<void>} */
    this.ready = promise;
    promise.catch(() => {});
    this.#fail = (error) => {
      this.end();
      reject(error);
    };
    // In a frame without an origin, and for a page of another, only a script of the page itself may begin a worker.
    const foreign = address.origin !== globalThis.origin;
    const blocked = () => this.#fail(blockedError(foreign));
    try {
      this.#worker = foreign ? importing(address) : new Worker(address, { type: 'module' });
    } catch {
      blocked();
      return;
    }
    const worker = this.#worker;
    worker.onerror = blocked;
    worker.onmessage = ({ data }) => {
      if (!data.ready) return this.#hear(data);
      resolve();
      // It is there, so it is a run that has broken it.
      worker.onerror = () => this.#lose(`The run broke down. ${AFRESH}`);
    };
  }

  /**
   * Plays a request; one at a time.
   * @param {Record<string, unknown>} request
   * @returns {Promise<Outcome>}
   */
  play(request) {
    return new Promise((resolve, reject) => {
      this.#running = { resolve, reject };
      [this.#turns, this.#silent, this.#line, this.#refused, this.#over] = [0, 0, null, false, false];
      this.#watch = setInterval(() => this.#look(), TURN_MS);
      this.#worker?.postMessage(JSON.stringify(request));
    });
  }

  /** Ends the worker with what it does; a run that goes on never settles. */
  end() {
    this.spent = true;
    this.#running = null;
    clearInterval(this.#watch);
    this.#worker?.terminate();
  }

  /** @param {{loaded?: number, failed?: string, line?: number | null, refused?: boolean, over?: boolean, outcome?: string, spent?: boolean, broken?: string}} message */
  #hear({ loaded, failed, line, refused, over, outcome, spent = false, broken }) {
    if (loaded !== undefined) this.#onLoaded(loaded);
    else if (failed !== undefined) this.#fail(new PlaygroundError('load', `Python did not load: ${failed}`));
    else if (outcome !== undefined) {
      this.spent ||= spent;
      const read = outcomeOf(outcome);
      if (read === null) this.#lose(`${UNREAD} ${AFRESH}`);
      else this.#settle(read);
    } else if (broken !== undefined) {
      this.#lose(`The run broke down: ${broken.replace(/\.$/, '')}. ${AFRESH}`);
    } else if (refused) {
      // No sign of life: a program that goes on after it is to be ended.
      this.#refused = true;
    } else if (over) {
      this.#over = true;
    } else {
      this.#silent = 0;
      this.#line = line ?? this.#line;
    }
  }

  /** One turn of the watch. */
  #look() {
    this.#turns += 1;
    this.#silent += 1;
    const why = this.#refused ? MEMORY : ENDLESS;
    if (this.#silent > SILENT && !this.#over) this.#lose(`The program did not answer for ${(SILENT * TURN_MS) / 1000} s, so it was ended. ${why}`);
    else if (this.#turns > LONGEST) this.#lose(`The program ran for more than ${(LONGEST * TURN_MS) / 1000} s, so it was ended. ${why}`);
  }

  /**
   * Ends a run that has no outcome of its own.
   * @param {string} sentence
   */
  #lose(sentence) {
    const line = this.#line;
    const message = line === null ? sentence : `Line ${line}: ${sentence}`;
    const ended = { error: message, stuck: [], elapsed: 0, tasks: 0 };
    const running = this.#running;
    this.end();
    running?.resolve({ events: [], ended, error: { message, line }, notes: [], is_whole: false });
  }

  /** @param {Outcome} outcome */
  #settle(outcome) {
    clearInterval(this.#watch);
    const running = this.#running;
    this.#running = null;
    running?.resolve(outcome);
  }
}

/**
 * What the worker has answered; null if it is no outcome: not every value of a program has a spelling in JSON.
 * @param {string} text
 * @returns {Outcome | null}
 */
function outcomeOf(text) {
  try {
    const outcome = JSON.parse(text);
    return Array.isArray(outcome.events) && Array.isArray(outcome.notes) && typeof outcome.ended === 'object' ? outcome : null;
  } catch {
    return null;
  }
}

/** @returns {{promise: Promise<void>, resolve: () => void, reject: (error: unknown) => void}} */
function settled() {
  let [resolve, reject] = [() => {}, (/** @type {unknown} */ _error) => {}];
  const promise = new Promise((resolves, rejects) => {
    [resolve, reject] = [() => resolves(undefined), rejects];
  });
  return { promise: /** @type {Promise<void>} */ (promise), resolve, reject };
}

/**
 * A worker that only imports a script. It is a classic one: a module worker cannot be made of a blob everywhere.
 * @param {URL} address
 */
function importing(address) {
  const script = `import(${JSON.stringify(address.href)}).catch((error) => postMessage({ failed: String(error) }));`;
  const blob = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(blob);
  worker.addEventListener('message', () => URL.revokeObjectURL(blob), { once: true });
  return worker;
}

/** @param {boolean} foreign */
function blockedError(foreign) {
  const source = foreign ? 'blob:' : "'self'";
  return new PlaygroundError('load', `Python did not load: this page's policy allows no worker. It needs \`worker-src ${source}\``);
}
