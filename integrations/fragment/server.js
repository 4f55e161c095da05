// The static content of an exercise: statement, picture and expected output, which show without scripts.

import fragments from '../fragments.js';

/** @param {string} exercise */
export function fragment(exercise) {
  const html = /** @type {Record<string, string>} */ (fragments)[exercise];
  if (html === undefined) throw new RangeError(`exercise must be one of ${Object.keys(fragments).join(', ')}, not ${exercise}`);
  return html;
}
