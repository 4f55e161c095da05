// The interpreters: one that plays, and a spare one that takes its place when it had to be ended.

import { abortError } from '../api/errors.js';
import { size } from './engine.js';
import { Interpreter } from './interpreter.js';
import { pythonFile } from './python-at.js';

/** @typedef {import('./interpreter.js').Outcome} Outcome */
/** @typedef {(progress: {loaded: number, total: number}) => void} OnProgress */

/** @type {Interpreter | null} */
let current = null;
/** @type {Interpreter | null} */
let spare = null;
/** The runs before, which end first. @type {Promise<unknown>} */
let before = Promise.resolve();
/** @type {Set<OnProgress>} */
const listeners = new Set();

/**
 * Loads Python, once.
 * @param {OnProgress} [onProgress] is called while it loads
 */
export async function load(onProgress = () => {}) {
  // Without Python it fails here.
  pythonFile('worker.js');
  listeners.add(onProgress);
  try {
    await take().ready;
  } finally {
    listeners.delete(onProgress);
  }
}

/**
 * Plays a request when the runs before are over. An abort ends it at once.
 * @param {Record<string, unknown>} request for `run` in python/playground/run.py
 * @param {AbortSignal} [signal]
 * @returns {Promise<Outcome>}
 */
export function play(request, signal) {
  const turn = before.then(() => playNow(request, signal));
  before = turn.catch(() => {});
  return turn;
}

/**
 * @param {Record<string, unknown>} request
 * @param {AbortSignal} [signal]
 */
async function playNow(request, signal) {
  /** @type {() => void} */
  let stop = () => {};
  const aborted = new Promise((_, reject) => {
    stop = () => reject(abortError());
  });
  aborted.catch(() => {});
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    // Loading goes on after an abort, and serves the next run.
    await Promise.race([load(), aborted]);
    const interpreter = take();
    try {
      return await /** @type {Promise<Outcome>} */ (Promise.race([interpreter.play(request), aborted]));
    } catch (error) {
      interpreter.end();
      throw error;
    } finally {
      // Now and not sooner: its loading would be in the way of the first run.
      spare ??= new Interpreter(pythonFile('worker.js'), () => {});
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The interpreter for the next run. */
function take() {
  if (current?.spent) {
    current.end();
    current = null;
  }
  if (spare?.spent) spare = null;
  if (current === null) {
    current = spare ?? new Interpreter(pythonFile('worker.js'), progress);
    spare = null;
  }
  return current;
}

/** @param {number} loaded */
function progress(loaded) {
  for (const listener of listeners) listener({ loaded: Math.min(loaded, size), total: size });
}
