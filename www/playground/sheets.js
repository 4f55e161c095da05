// Styles as sheets that every shadow root on the page adopts.
//
// They are fetched as the .css files they are and built with the constructor: a strict policy forbids inline styles,
// and a link inside each root would flash, and would need a style source of its own on somebody else's page.

import { read } from '../api/files.js';

/** @type {Map<string, Promise<CSSStyleSheet>>} */
const made = new Map();

/**
 * A sheet, fetched once; empty where it is not to be had (a host blocks it), and then the next one asks again.
 * @param {string} name
 */
export function sheet(name) {
  const wanted = made.get(name) ?? make(name);
  made.set(name, wanted);
  return wanted;
}

/** @param {string} name */
async function make(name) {
  const sheet = new CSSStyleSheet();
  try {
    sheet.replaceSync(await read(`style/${name}.css`));
  } catch {
    made.delete(name);
  }
  return sheet;
}

/**
 * The sheets of a bench.
 * @param {boolean} own whether the page is the bench's own: that has the tokens, and the bench has them from there
 */
export function benchSheets(own) {
  return Promise.all((own ? ['playground'] : ['tokens', 'playground']).map(sheet));
}
