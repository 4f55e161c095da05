// The public module: everything that a page or a program needs, and the element `<async-playground>`.
//
// It works without a document too (in Node.js or a worker): then there is the API and no element.

import '../playground/async-playground.js';

import { ready as readyToRun } from './engine.js';
import { PlaygroundError } from './errors.js';

export { catalogue, compare } from './engine.js';
export { PlaygroundError };

/** The types are in playground.d.ts. @typedef {(...given: any[]) => Promise<any>} Call */

/**
 * A call of calls.js, which is loaded with the first.
 * @param {'run' | 'search' | 'check' | 'decisions' | 'sources' | 'readyPython'} name
 * @returns {Call}
 */
const later = (name) => async (slug, options) => {
  const calls = await import('./calls.js').catch((cause) => {
    throw new PlaygroundError('load', `a script of the playground did not load: ${cause}`, { cause });
  });
  return calls[name](slug, options);
};

export const run = later('run');
export const search = later('search');
export const check = later('check');
export const decisions = later('decisions');
export const sources = later('sources');
const readyPython = later('readyPython');
/** @type {Call} */
export const ready = (slug, options) => (slug === 'python' ? readyPython(options) : readyToRun(slug));
