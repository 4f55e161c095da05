// The descriptions of the exercises, from the JSON that the build makes of the library's registry: one exercise in brief for
// its playground, all of them for the catalogue.

import { PlaygroundError, kindOf, quoted } from './errors.js';
import { read } from './files.js';
import { slugs } from './registry.js';

/**
 * @typedef {import('./playground.js').ExerciseInfo} ExerciseInfo
 * @typedef {import('./brief.js').Brief} Brief
 */

/** @type {Map<string, Promise<any>>} */
const asked = new Map();
/** @type {ExerciseInfo[] | null} */
let all = null;

/**
 * Refuses an unknown exercise at once, without loading anything.
 * @param {unknown} slug
 * @returns {string} the slug, if there is such an exercise
 */
export function known(slug) {
  if (typeof slug !== 'string') {
    throw new PlaygroundError('bad-value', `exercise must be the slug of an exercise, not ${kindOf(slug)}`);
  }
  if (slugs.includes(slug)) return slug;
  throw new PlaygroundError('unknown-exercise', `unknown exercise ${quoted(slug)}; known: ${slugs.join(', ')}`);
}

/**
 * @param {string} slug
 * @returns {Promise<Brief>} not to be changed: others have the same
 */
export async function describe(slug) {
  return fetched(`exercises/${known(slug)}.json`);
}

/**
 * The text of an exercise and its program, as nodes.
 * @param {string} slug
 * @returns {Promise<import('../playground/playground-reading.js').Reading>}
 */
export async function reading(slug) {
  return fetched(`exercises/${known(slug)}.reading.json`);
}

/**
 * The picture of an exercise before the first run, as nodes.
 * @param {string} slug
 * @returns {Promise<import('../picture/nodes.js').Node>}
 */
export async function before(slug) {
  return fetched(`exercises/${known(slug)}.before.json`);
}

/**
 * A small run, by which pictures are explained.
 * @returns {Promise<{about: Brief, settings: import('./playground.js').SettingValues, events: import('./playground.js').Event[]}>}
 */
export async function sample() {
  return fetched('exercises/sample.json');
}

/** Has the whole catalogue ready. */
export async function loadCatalogue() {
  all ??= await fetched('exercises/all.json');
}

/**
 * What is wrong with a program; null if nothing is.
 * @param {string} slug
 * @param {string} program
 */
export async function mistakeOf(slug, program) {
  await loadCatalogue();
  const info = all?.find((exercise) => exercise.slug === slug);
  return info?.programs.find((known) => known.slug === program)?.mistake ?? null;
}

/** @returns {ExerciseInfo[]} a copy that the caller may change */
export function catalogue() {
  if (all === null) throw new PlaygroundError('load', 'the catalogue is not loaded: await ready() first');
  return structuredClone(all);
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
function fetched(path) {
  const attempt = asked.get(path) ?? parsed(path);
  asked.set(path, attempt);
  // A failure is not remembered: the network may be back.
  attempt.catch(() => asked.delete(path));
  return attempt;
}

/** @param {string} path */
async function parsed(path) {
  try {
    return JSON.parse(await read(path));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PlaygroundError('load', `${path} did not load: ${why}`, { cause });
  }
}
