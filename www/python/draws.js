// The runs of "Check harder": other settings and other orders of tasks. They are the same each time.

import { readSetting } from '../run/settings.js';

/**
 * @typedef {import('../api/playground.js').ExerciseInfo} ExerciseInfo
 * @typedef {import('../api/playground.js').Setting} Setting
 * @typedef {import('../api/playground.js').SettingValue} SettingValue
 * @typedef {{settings: Record<string, SettingValue>, seed?: number}} Draw
 */

/** How many orders are tried at the settings of a mistake that shows in an unlucky one only. */
const ORDERS = 60;
/** How many settings are drawn; every other with an order of its own. */
const DRAWS = 80;
/** Times are drawn up to here, and other numbers up to the next: small ones make tasks meet. */
const MOST_MS = 1000;
const MOST = 12;

/**
 * @param {ExerciseInfo} exercise
 * @param {string[]} fixed settings that keep their default
 * @returns {Draw[]}
 */
export function draws({ settings, programs }, fixed) {
  const free = settings.filter(({ name }) => !fixed.includes(name));
  const runs = programs.flatMap(({ mistake }) => (mistake === null ? [] : atMistake(free, mistake)));
  const random = randomNumbers(settings.length);
  for (let number = 0; number < DRAWS; number += 1) {
    const drawn = Object.fromEntries(free.map((setting) => [setting.name, value(setting, random)]));
    runs.push(number % 2 === 0 ? { settings: drawn } : { settings: drawn, seed: number });
  }
  return runs;
}

/**
 * The runs in which a known mistake shows.
 * @param {Setting[]} free
 * @param {import('../api/playground.js').Mistake} mistake
 * @returns {Draw[]}
 */
function atMistake(free, { settings, needsOrder }) {
  /** @type {Record<string, SettingValue>} */
  const values = {};
  for (const setting of free) {
    const text = settings[setting.name];
    const reading = text === undefined ? null : readSetting(setting, text);
    if (reading !== null && 'value' in reading) values[setting.name] = reading.value;
  }
  const orders = Array.from({ length: needsOrder ? ORDERS : 0 }, (_, seed) => ({ settings: values, seed }));
  return [{ settings: values }, ...orders];
}

/**
 * @param {Setting} setting
 * @param {() => number} random
 * @returns {SettingValue}
 */
function value(setting, random) {
  const below = (/** @type {number} */ most) => Math.floor(random() * most);
  switch (setting.kind) {
    case 'bool':
      return below(2) === 1;
    case 'choice':
      return setting.options[below(setting.options.length)] ?? setting.default;
    case 'order':
      return shuffled(setting.options.filter(() => below(10) < 7), random);
    default: {
      const most = Math.min(setting.max, setting.unit === 'ms' ? MOST_MS : MOST);
      const whole = () => setting.min + below(most - setting.min + 1);
      return setting.kind === 'int' ? whole() : Array.from({ length: 1 + below(setting.maxItems) }, whole);
    }
  }
}

/**
 * @param {string[]} words
 * @param {() => number} random
 */
function shuffled(words, random) {
  const keyed = words.map((word) => ({ word, key: random() }));
  return keyed.sort((one, other) => one.key - other.key).map(({ word }) => word);
}

/**
 * Numbers from 0 to 1 that follow from a seed.
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
