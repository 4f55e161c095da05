// The styles of the bench, as a sheet that every shadow root on the page adopts.
//
// They are fetched as the .css files they are and built with the constructor: a strict policy forbids inline styles,
// and a link inside each root would flash, and would need a style source of its own on somebody else's page.

import { read } from '../files.js';

/** @type {Promise<CSSStyleSheet> | null} */
let made = null;

/** The sheet, fetched once; without it (a host that blocks it) the bench works unstyled. */
export function benchSheet() {
  made ??= sheet('style/bench.css');
  return made;
}

/** A sheet, empty where it is not to be had; then the next bench asks again.
 * @param {string} path
 */
export async function sheet(path) {
  const sheet = new CSSStyleSheet();
  try {
    await sheet.replace(await read(path));
  } catch {
    made = null;
  }
  return sheet;
}
