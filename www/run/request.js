// What a run is requested with: a plain object, which the wasm module checks.

/**
 * @typedef {import('../api/playground.js').Interference} Interference
 * @typedef {object} RunRequest
 * @property {string} exercise
 * @property {string} program `yours` or `as-it-is` with `code`, or `answer`, in Python; `correct` or a mistake in Rust
 * @property {string} [code]
 * @property {import('../api/playground.js').ClockName} clock
 * @property {import('../api/playground.js').SettingValues} settings those that differ from their defaults
 * @property {number} [seed]
 * @property {number[]} [order]
 * @property {Interference[]} [interfere] the earliest first
 */

/** The program of the reader, run by itself and not by the exercise: nothing is left out of it, and nothing is judged. */
export const AS_IT_IS = 'as-it-is';

/** Whether a program is one in Python. @param {string} program */
export function isPython(program) {
  return isOwn(program) || program === 'answer';
}

/** Whether a program is the reader's. @param {string} program */
export function isOwn(program) {
  return program === 'yours' || program === AS_IT_IS;
}

/**
 * Whether the output of the run is fixed, and so is compared with the expected one.
 * @param {RunRequest} request
 */
export function hasFixedOutput({ program, settings, seed, order, interfere = [] }) {
  return program !== AS_IT_IS && Object.keys(settings).length === 0 && seed === undefined && order === undefined && interfere.length === 0;
}

/**
 * A time after everything that happened at `time` and before the next event: in whole milliseconds if one fits.
 * @param {import('./recording.js').Recording} recording
 * @param {number} time in ms
 */
export function momentAfter(recording, time) {
  const cursor = recording.cursorAt(time);
  const next = recording.events[cursor]?.at ?? Infinity;
  const whole = Math.floor(time) + 1;
  if (whole < next) return whole;
  return time > recording.timeAt(cursor) ? time : (time + next) / 2;
}

/**
 * A request with one more interference.
 * @param {Interference[]} interfere
 * @param {Interference} added
 */
export function withInterference(interfere, added) {
  return [...interfere, added].sort((a, b) => a.at - b.at);
}

/** @param {Interference[]} interfere `120 cancel 3,400 backend up` */
export function spellInterference(interfere) {
  return interfere.map(({ at, what, task }) => (what === 'cancel' ? `${at} cancel ${task}` : `${at} ${what}`)).join(',');
}

/**
 * Reads what `spellInterference` wrote; null if it is something else.
 * @param {string} text
 * @returns {Interference[] | null}
 */
export function readInterference(text) {
  const read = text.split(',').map((one) => {
    const [, at, what, task] = /^ *(\d+(?:\.\d+)?) +(?:(backend down|backend up)|cancel +(\d+)) *$/.exec(one) ?? [];
    if (at === undefined) return null;
    return task === undefined
      ? { at: Number(at), what: /** @type {Interference['what']} */ (what), task: null }
      : { at: Number(at), what: /** @type {const} */ ('cancel'), task: Number(task) };
  });
  const all = read.filter((one) => one !== null);
  return all.length === read.length ? all.sort((a, b) => a.at - b.at) : null;
}
