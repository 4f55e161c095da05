// Measures in Chromium: `node bench/web/measure.js loops|load FILE` writes rows as JSON, for xtask's tables.
//
// Needs bench/node_modules, the site in dist/ (for load), and the modules that xtask builds into target/bench/page.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { chromium } from 'playwright-core';

import { serve } from '../../tests/page/support/server.js';
import { load } from './load.js';
import { python } from './python.js';
import { start } from './visit.js';

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

/** @param {string} executablePath @param {string} url @returns {Promise<Row[]>} */
async function loops(executablePath, url) {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--js-flags=--expose-gc'],
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`${url}loops.html`);
    const rows = await page.waitForFunction(() => /** @type {any} */ (globalThis).rows, null, { timeout: 600_000, polling: 1000 });
    return await rows.jsonValue();
  } finally {
    await browser.close();
  }
}

/** @param {string} program @param {string} pages @param {string} site */
async function loads(program, pages, site) {
  const browser = await start(program);
  try {
    return [...(await load(browser, pages, site)), ...(await python(browser, pages, site))];
  } finally {
    await browser.close();
  }
}

const [kind, file] = process.argv.slice(2);
if (file === undefined || (kind !== 'loops' && kind !== 'load')) throw new Error('usage: measure.js loops|load FILE');
await write();
const [pages, site] = [await serve(PAGES), await serve(at('../../dist'))];
const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
try {
  const rows = await (kind === 'loops' ? loops(program, pages.url) : loads(program, pages.url, site.url));
  writeFileSync(file, JSON.stringify(rows, null, 2));
} finally {
  await pages.close();
  await site.close();
}
