// The options of a playground as text, in attributes and in the query of an address: which there are, and what each may be.
//
// Text to values, nothing else; what is not allowed is refused with a PlaygroundError that says what is. Loaded with the
// first option that is given.

import { PlaygroundError, quoted } from '../api/errors.js';
import { clocks, speeds } from '../api/registry.js';
import { readInterference } from '../run/request.js';
import { readSetting } from '../run/settings.js';
import { AXES } from '../run/stepped.js';
import { MOST_SEED } from './controls.js';

/**
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('../api/playground.js').SettingValue} SettingValue
 * @typedef {SettingValue | import('../run/request.js').Interference[]} Value
 */

export const SETTING = 'setting.';
/** Longer texts are refused unread. */
const LONGEST = 4000;

export const PANELS = ['prose', 'source', 'rules', 'picture', 'code'];
export const FIELDS = ['clock', 'speed', 'program', 'seed', 'settings', 'answer'];

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
 * The value of an option.
 * @param {string} name
 * @param {string} text
 * @param {Brief} info
 * @returns {Value}
 */
export function value(name, text, info) {
  const settings = info.settings.map((setting) => setting.name);
  switch (name) {
    case 'program':
      return oneOf(name, text, info.programs.map(({ slug }) => slug), 'unknown-program');
    case 'clock':
      return oneOf(name, text, clocks.map(({ clock }) => clock));
    case 'theme':
      return oneOf(name, text, ['auto', 'light', 'dark']);
    case 'size':
      return oneOf(name, text, ['full', 'picture']);
    case 'speed':
      return oneOf(name, text, speeds.map(({ speed }) => speed));
    case 'seed':
      return number(name, text, 0, MOST_SEED);
    case 'order':
      return text === '' ? [] : text.split(',').map((item) => number(name, item, 0, MOST_SEED));
    case 'interfere':
      return readInterference(text) ?? refuse(bad(`interfere must be like "120 cancel 3,400 backend down,600 backend up", not ${quoted(text)}`));
    case 'axis':
      return oneOf(name, text, [...AXES]);
    case 'zoom':
      return isZoom(text) ? text : refuse(bad(`zoom must be two numbers, the smaller one first, like "100,250", not ${quoted(text)}`));
    case 'at':
      return number(name, text, 0, Number.MAX_SAFE_INTEGER);
    case 'autorun':
    case 'compact':
    case 'present':
      return oneOf(name, text === '' || text === name ? 'true' : text, ['true', 'false']) === 'true';
    case 'show':
      return words(text).map((word) => oneOf(name, word, PANELS));
    case 'lock':
      return words(text).map((word) => oneOf(name, word, ['all', ...FIELDS, ...settings]));
  }
  const setting = info.settings.find((setting) => SETTING + setting.name === name);
  if (setting !== undefined) {
    const reading = readSetting(setting, text);
    return 'value' in reading ? reading.value : refuse(bad(`setting ${setting.name} must be ${reading.allowed}, not ${quoted(text)}`));
  }
  const known = settings.length === 0 ? 'this exercise has none' : `known: ${settings.join(', ')}`;
  throw new PlaygroundError('unknown-setting', `unknown setting ${quoted(name.slice(SETTING.length))}; ${known}`);
}

/** @param {string} text */
function isZoom(text) {
  const [from = 0, to = 0] = text.split(',').map(Number);
  return /^\d+(\.\d+)?,\d+(\.\d+)?$/.test(text) && from < to;
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} min
 * @param {number} max
 */
function number(name, text, min, max) {
  const found = /^\d+$/.test(text) ? Number(text) : NaN;
  return found >= min && found <= max ? found : refuse(bad(`${name} must be a whole number from ${min} to ${max}, not ${quoted(text)}`));
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

/**
 * @param {PlaygroundError} error
 * @returns {never}
 */
function refuse(error) {
  throw error;
}
