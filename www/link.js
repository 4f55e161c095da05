// A run as the query of a URL: what it takes to make the very same run again, and nothing that is at its default.
//
// Knobs bear their own names there; a test of the registry sees to it that none is named as an option.

/**
 * @typedef {import('./playground.js').ClockName} ClockName
 * @typedef {import('./playground.js').ExerciseInfo} ExerciseInfo
 * @typedef {import('./elements/bench-controls.js').Settings} Settings
 * @typedef {{clock: ClockName | null, speed: number | null, variant: string | null, seed: number | null,
 *   knobs: Record<string, string>}} Wanted
 */

/** @type {ClockName[]} */
const CLOCKS = ['live', 'instant', 'paced'];

/**
 * @param {ExerciseInfo} info
 * @param {Settings} settings
 */
export function toQuery(info, { clock, speed, variant, seed, knobs }) {
  const query = new URLSearchParams();
  if (variant !== 'sound') query.set('variant', variant);
  for (const { name, default: usual } of info.knobs) {
    const value = knobs[name];
    if (value !== undefined && String(value) !== String(usual)) query.set(name, String(value));
  }
  query.set('clock', clock);
  if (clock === 'paced') query.set('speed', String(speed));
  if (seed !== undefined) query.set('seed', String(seed));
  return query;
}

/**
 * What a query asks for, as it is spelled; null for what it leaves open. Others than ours are passed over.
 * @param {ExerciseInfo} info
 * @param {URLSearchParams} query
 * @returns {Wanted}
 */
export function fromQuery(info, query) {
  const number = (/** @type {string} */ name) => {
    const text = query.get(name) ?? '';
    return text.trim() === '' || Number.isNaN(Number(text)) ? null : Number(text);
  };
  /** @type {Record<string, string>} */
  const knobs = {};
  for (const { name } of info.knobs) {
    const spelled = query.get(name);
    if (spelled !== null) knobs[name] = spelled;
  }
  const variant = query.get('variant');
  return {
    clock: CLOCKS.find((clock) => clock === query.get('clock')) ?? null,
    speed: number('speed'),
    variant: info.variants.some(({ slug }) => slug === variant) ? variant : null,
    seed: number('seed'),
    knobs,
  };
}
