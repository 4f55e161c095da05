// The editor of a playground, in which the reader writes a program in Python.

import { playground } from './browser.js';

/** @typedef {import('./browser.js').Module} Module */

/** Python is loaded and begun within the first run of a page. */
export const LONG = { timeout: 120_000 };

/**
 * Opens the editor of a playground.
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Page | import('playwright-core').Frame} [inside] the frame in the page that has it
 */
export async function editor(page, inside = page) {
  page.setDefaultTimeout(60_000);
  const on = await playground(inside);
  await on.host.getByRole('button', { name: 'Write it yourself in Python' }).click();
  return opened(page, inside);
}

/**
 * The editor of a playground, which opens by itself for a link to a program.
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Page | import('playwright-core').Frame} [inside] the frame in the page that has it
 */
export async function opened(page, inside = page) {
  const on = await playground(inside);
  const text = on.host.locator('.cm-content');
  await text.waitFor();
  return {
    ...on,
    text,
    told: on.host.locator('#pane-yours .told'),
    /** @param {string} code */
    write: (code) => on.host.evaluate((host, code) => Object.assign(/** @type {any} */ (host.shadowRoot?.querySelector('playground-editor')), { code }), code),
    code: () => on.host.evaluate((host) => /** @type {string} */ (/** @type {any} */ (host.shadowRoot?.querySelector('playground-editor')).code)),
    /** @returns {Promise<import('../../../www/api/playground.js').PythonSources>} */
    sources: (/** @type {string} */ slug) =>
      page.evaluate(async ({ address, slug }) => /** @type {Module} */ (await import(address)).sources(slug), { address: new URL('../playground.js', page.url()).href, slug }),
  };
}

/**
 * Solves the exercise of a page, by our answer.
 * @param {import('playwright-core').Page} page
 * @param {string} slug
 */
export async function solve(page, slug) {
  const on = await editor(page);
  await on.write((await on.sources(slug)).answer);
  await on.run.click();
  await on.until('passed');
}
