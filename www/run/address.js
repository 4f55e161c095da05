// What a bench is set to, as the query of an address: `?program=stampede&clock=paced&speed=0.5&seed=7&setting.ttl_ms=300&at=12`.
//
// Text to text, nothing else: whether a value is allowed is for controls and module to say. Defaults are left out, so
// that the address of an exercise is that of its page.

import { OPTIONS } from '../playground/option-properties.js';

/**
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {object} Address
 * @property {string} [program]
 * @property {string} [clock]
 * @property {string} [speed]
 * @property {string} [seed]
 * @property {Record<string, string>} settings spelled as on a command line
 * @property {string} [at] the cursor, a number of events
 */

const SETTING = 'setting.';
const PLAIN = /** @type {const} */ (['program', 'clock', 'speed', 'seed', 'at']);

/**
 * What a query says about the bench, in its order.
 * @param {string} query
 * @param {boolean} embedded
 * @returns {[string, string][]}
 */
export function readQuery(query, embedded) {
  const names = embedded ? [...PLAIN, ...OPTIONS] : PLAIN;
  return [...new URLSearchParams(query)].filter(([name]) => names.some((known) => known === name) || name.startsWith(SETTING));
}

/**
 * @param {Address} address
 * @returns {string} empty, or with its question mark
 */
export function writeAddress(address) {
  const query = new URLSearchParams();
  for (const name of PLAIN) {
    const value = address[name];
    if (value !== undefined && name !== 'at') query.set(name, value);
  }
  for (const [name, value] of Object.entries(address.settings)) query.set(SETTING + name, value);
  if (address.at !== undefined) query.set('at', address.at);
  const text = query.toString();
  return text === '' ? '' : `?${text.replaceAll('%2C', ',')}`;
}

/**
 * The address of some request.
 * @param {Brief} info
 * @param {{clock: string, speed: number, program: string, seed?: number | null,
 *   settings: import('../api/playground.js').SettingValues}} request
 * @param {number | null} cursor null for the end
 * @returns {Address}
 */
export function addressOf(info, { clock, speed, program, seed, settings }, cursor) {
  /** @type {Address} */
  const address = { settings: {} };
  if (program !== 'correct') address.program = program;
  if (clock !== 'live') address.clock = clock;
  if (clock === 'paced') address.speed = String(speed);
  if (seed !== undefined && seed !== null) address.seed = String(seed);
  for (const setting of info.settings) {
    const value = settings[setting.name];
    if (value !== undefined && String(value) !== String(setting.default)) address.settings[setting.name] = String(value);
  }
  // A live run is another one each time: its events cannot be counted on.
  if (cursor !== null && clock !== 'live') address.at = String(cursor);
  return address;
}
