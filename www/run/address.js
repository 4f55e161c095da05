// What a playground is set to, as the query of an address: `?program=stampede&seed=7&setting.ttl_ms=300&at=12`.
//
// Text to text: whether a value is allowed is decided by option-values.js. Defaults are left out, so that the address of an
// exercise is that of its page.

import { isPython, spellInterference } from './request.js';

/** The attributes of the element beside its exercise; an embedded page takes them in its query too. */
export const OPTIONS = ['autorun', 'clock', 'compact', 'interfere', 'lock', 'order', 'program', 'seed', 'settings', 'show', 'size', 'speed', 'theme'];

/**
 * @typedef {object} Address
 * @property {string} [program]
 * @property {string} [clock]
 * @property {string} [speed]
 * @property {string} [seed]
 * @property {string} [order] positions, with commas
 * @property {string} [interfere] as on a command line, with commas
 * @property {Record<string, string>} settings spelled as on a command line
 * @property {string} [axis] over which the run is shown
 * @property {string} [zoom] the part of the axis that is shown, as two numbers with a comma
 * @property {string} [at] the cursor, a number of events
 */

const SETTING = 'setting.';
const PLAIN = /** @type {const} */ (['program', 'clock', 'speed', 'seed', 'order', 'interfere']);
/** How a run is looked at. */
const LOOK = /** @type {const} */ (['axis', 'zoom', 'at']);

/**
 * What a query says about the playground, in its order.
 * @param {string} query
 * @param {boolean} embedded
 * @returns {[string, string][]}
 */
export function readQuery(query, embedded) {
  const names = ['present', ...PLAIN, ...LOOK, ...(embedded ? OPTIONS : [])];
  return [...new URLSearchParams(query)].filter(([name]) => names.some((known) => known === name) || name.startsWith(SETTING));
}

/**
 * @param {Address} address
 * @returns {string} empty, or with its question mark
 */
export function writeAddress(address) {
  const query = new URLSearchParams();
  const put = (/** @type {(keyof Omit<Address, 'settings'>)[]} */ names) => {
    for (const name of names) if (address[name] !== undefined) query.set(name, address[name]);
  };
  put([...PLAIN]);
  for (const [name, value] of Object.entries(address.settings)) query.set(SETTING + name, value);
  put([...LOOK]);
  const text = query.toString();
  return text === '' ? '' : `?${text.replaceAll('%2C', ',')}`;
}

/**
 * The address of a request.
 * @param {import('./request.js').RunRequest} request
 * @param {import('../api/registry.js').Speed} speed
 * @param {{cursor?: number | null, axis?: import('./stepped.js').Axis, zoom?: number[] | null}} [look] the cursor is null for the
 *   end, the zoom for the whole run
 * @returns {Address}
 */
export function addressOf({ program, clock, seed, order, interfere = [], settings }, speed, { cursor = null, axis = 'time', zoom = null } = {}) {
  /** @type {Address} */
  const address = { settings: {} };
  // Code is not in an address.
  if (program !== 'correct' && !isPython(program)) address.program = program;
  if (clock !== 'simulated') address.clock = clock;
  if (speed !== 'normal') address.speed = speed;
  if (seed !== undefined) address.seed = String(seed);
  if (order !== undefined) address.order = order.join(',');
  if (interfere.length > 0) address.interfere = spellInterference(interfere);
  for (const [name, value] of Object.entries(settings)) address.settings[name] = String(value);
  // A run in real time is another one each time, so its events cannot be counted on.
  if (clock !== 'simulated') return address;
  if (axis !== 'time') address.axis = axis;
  if (zoom !== null) address.zoom = zoom.map((at) => Math.round(at * 10_000) / 10_000).join(',');
  if (cursor !== null) address.at = String(cursor);
  return address;
}
