// Measures in Chromium: `node bench/web/measure.js loops|load FILE` writes rows as JSON, for xtask's tables.
//
// Needs bench/node_modules, the site in dist/ (for load), and the modules that xtask builds into target/bench/page.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { chromium } from 'playwright-core';

import { serve } from '../../tests/page/support/server.js';
import { load } from './load.js';

/** @typedef {import('./page/rounds.js').Row} Row */

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const PAGES = at('../../target/bench/page/');

/** The three pages that are not the site's, as plain as can be. */
async function write() {
  mkdirSync(PAGES, { recursive: true });
  const names = ['loops', 'empty', 'pyodide'];
  await build({
    entryPoints: names.map((name) => at(`page/${name}.js`)),
    outdir: PAGES,
    bundle: true,
    minify: true,
    format: 'esm',
    logLevel: 'error',
    external: ['./*_wasm.js', './pyodide/pyodide.mjs'],
  });
  for (const name of names) {
    writeFileSync(`${PAGES}${name}.html`, `<!doctype html><title>${name}</title><body><script type="module" src="./${name}.js"></script>`);
  }
  cpSync(at('../node_modules/pyodide'), `${PAGES}pyodide`, { recursive: true });
}

/** @param {import('playwright-core').Browser} browser @param {string} url @returns {Promise<Row[]>} */
async function loops(browser, url) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`${url}loops.html`);
  const rows = await page.waitForFunction(() => /** @type {any} */ (globalThis).rows, null, { timeout: 600_000, polling: 1000 });
  return rows.jsonValue();
}

const [kind, file] = process.argv.slice(2);
if (file === undefined || (kind !== 'loops' && kind !== 'load')) throw new Error('usage: measure.js loops|load FILE');
await write();
const [pages, site] = [await serve(PAGES), await serve(at('../../dist'))];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--js-flags=--expose-gc'],
});
try {
  const rows = await (kind === 'loops' ? loops(browser, pages.url) : load(browser, pages.url, site.url));
  writeFileSync(file, JSON.stringify(rows, null, 2));
} finally {
  await browser.close();
  await pages.close();
  await site.close();
}
