// Styles as sheets that every shadow root on the page adopts.
//
// They are fetched as the .css files they are and built with the constructor: a strict policy forbids inline styles,
// and a link inside each root would flash, and would need a style source of its own on somebody else's page.

import { read } from '../api/files.js';

/** @type {Map<string, Promise<CSSStyleSheet>>} */
const made = new Map();
/** Why each sheet that is missing did not load. @type {Map<string, unknown>} */
const failed = new Map();
/** @type {WeakSet<CSSStyleSheet>} */
const ours = new WeakSet();

/**
 * A sheet, fetched once. If that fails (a host blocks it) the sheet is empty, and the next call fetches again.
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
    failed.delete(name);
  } catch (error) {
    made.delete(name);
    failed.set(name, error);
  }
  ours.add(sheet);
  return sheet;
}

/**
 * Gives a root its sheets. Those that the reader's browser has put there, for a dark mode of its own, stay behind them.
 * @param {ShadowRoot} root
 * @param {CSSStyleSheet[]} sheets
 */
export function wear(root, sheets) {
  root.adoptedStyleSheets = [...sheets, ...root.adoptedStyleSheets.filter((sheet) => !ours.has(sheet))];
}

/** Why a sheet is missing; undefined if none is. */
export function missingSheet() {
  return [...failed.values()][0];
}

/**
 * The sheets of a playground.
 * @param {boolean} own whether it is on its own page of the site, which has the tokens for all of it
 */
export function playgroundSheets(own) {
  return Promise.all((own ? ['playground'] : ['tokens', 'playground']).map(sheet));
}
