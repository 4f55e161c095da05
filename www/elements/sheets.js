// The styles of the bench, as sheets that every shadow root on the page adopts.
//
// They are fetched as the .css files they are and built with the constructor: a strict policy forbids inline styles,
// and a link inside each root would flash, and would need a style source of its own on somebody else's page.

import { read } from '../files.js';

/** @type {Promise<CSSStyleSheet[]> | null} */
let sheets = null;

/** The sheets, fetched once; without them (a host that blocks them) the bench works unstyled. */
export function benchSheets() {
  sheets ??= Promise.all([
    sheet('style/tokens.css'),
    sheet('style/bench.css'),
    sheet('style/controls.css'),
  ]);
  return sheets;
}

/** A sheet, empty where it is not to be had; then the next bench asks again.
 * @param {string} path
 */
export async function sheet(path) {
  const made = new CSSStyleSheet();
  try {
    await made.replace(await read(path));
  } catch {
    sheets = null;
  }
  return made;
}
