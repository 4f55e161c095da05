// The options of a bench as text, in attributes and in the query of an address: which there are, and what each may say.
//
// Text to values, nothing else; whatever is not allowed is refused with a PlaygroundError that says what is. Loaded
// with the first option that is given.

import { PlaygroundError, quoted } from '../api/errors.js';
import { MOST_SEED, SPEED } from './controls.js';

/**
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('../api/playground.js').Setting} Setting
 * @typedef {string | string[] | boolean} Value
 */

const SETTING = 'setting.';
/** More than anybody means; what is longer is not looked at. */
const LONGEST = 4000;

export const PANELS = ['prose', 'source', 'rules', 'timeline'];
export const FIELDS = ['clock', 'speed', 'program', 'seed', 'settings'];

/**
 * Sorts options by name, and pulls the settings apart: `settings="callers=8"` and `setting.callers=8` are the same.
 * @param {Iterable<[string, string]>} given
 * @returns {{texts: Map<string, string>, refused: PlaygroundError[]}}
 */
export function sorted(given) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  /** @type {PlaygroundError[]} */
  const refused = [];
  for (const [name, text] of given) {
    if (text.length > LONGEST) {
      refused.push(bad(`${name} is too long: ${text.length} characters, at most ${LONGEST}`));
    } else if (name === 'settings') {
      for (const pair of words(text)) {
        const at = pair.indexOf('=');
        if (at < 1) refused.push(bad(`settings must be pairs like "callers=8 ttl_ms=300", not ${quoted(pair)}`));
        else texts.set(SETTING + pair.slice(0, at), pair.slice(at + 1));
      }
    } else {
      texts.set(name, text);
    }
  }
  return { texts, refused };
}

/**
 * What an option says, if it may.
 * @param {string} name
 * @param {string} text
 * @param {Brief} info
 * @returns {Value} numbers and the values of settings stay spelled
 */
export function value(name, text, info) {
  const settings = info.settings.map((setting) => setting.name);
  switch (name) {
    case 'program':
      return oneOf(name, text, info.programs.map(({ slug }) => slug), 'unknown-program');
    case 'clock':
      return oneOf(name, text, ['live', 'instant', 'paced']);
    case 'theme':
      return oneOf(name, text, ['auto', 'light', 'dark']);
    case 'speed':
      return number(name, text, SPEED.min, SPEED.max, false);
    case 'seed':
      return number(name, text, 0, MOST_SEED, true);
    case 'at':
      return number(name, text, 0, Number.MAX_SAFE_INTEGER, true);
    case 'autorun':
    case 'compact':
      return oneOf(name, text === '' || text === name ? 'true' : text, ['true', 'false']) === 'true';
    case 'show':
      return words(text).map((word) => oneOf(name, word, PANELS));
    case 'lock':
      return words(text).map((word) => oneOf(name, word, ['all', ...FIELDS, ...settings]));
  }
  const setting = info.settings.find((setting) => SETTING + setting.name === name);
  if (setting !== undefined) return spelled(setting, text);
  const known = settings.length === 0 ? 'this exercise has none' : `known: ${settings.join(', ')}`;
  throw new PlaygroundError('unknown-setting', `unknown setting ${quoted(name.slice(SETTING.length))}; ${known}`);
}

/**
 * @param {Setting} setting
 * @param {string} text
 */
function spelled(setting, text) {
  const name = `setting ${setting.name}`;
  const items = text === '' ? [] : text.split(',');
  switch (setting.kind) {
    case 'int':
      return number(name, text, setting.min, setting.max, true);
    case 'bool':
      return oneOf(name, text, ['true', 'false']);
    case 'choice':
      return oneOf(name, text, setting.options);
    case 'ints':
      if (items.length < 1 || items.length > setting.maxItems) throw bad(`${name} must be 1 to ${setting.maxItems} numbers, not ${items.length}`);
      for (const item of items) number(name, item, setting.min, setting.max, true);
      return text;
    case 'order':
      for (const item of items) oneOf(name, item, setting.options);
      if (new Set(items).size < items.length) throw bad(`${name} names a word twice: ${quoted(text)}`);
      return text;
  }
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} min
 * @param {number} max
 * @param {boolean} whole
 */
function number(name, text, min, max, whole) {
  const found = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (found >= min && found <= max && (!whole || Number.isInteger(found))) return String(found);
  throw bad(`${name} must be ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}, not ${quoted(text)}`);
}

/**
 * @param {string} name
 * @param {string} text
 * @param {string[]} allowed
 * @param {import('../api/playground.js').ErrorCode} [code]
 */
function oneOf(name, text, allowed, code) {
  if (allowed.includes(text)) return text;
  throw bad(`${name} must be one of ${allowed.join(', ')}, not ${quoted(text)}`, code);
}

/** @param {string} text */
function words(text) {
  return text.split(/\s+/).filter((word) => word !== '');
}

/**
 * @param {string} message
 * @param {import('../api/playground.js').ErrorCode} [code]
 */
function bad(message, code = 'bad-value') {
  return new PlaygroundError(code, message);
}
