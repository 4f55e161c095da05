// Cold loads, in turns: every one in a context of its own, which has no cache.

import { brotliCompressSync } from 'node:zlib';

import { spread } from './page/rounds.js';

/**
 * @typedef {import('./page/rounds.js').Row} Row
 * @typedef {{ready: number, line: number, bytes: number}} Load in ms, in ms, and in brotli
 */

const LOADS = 20;
const PYODIDE_LOADS = 5;

/** In the page, before its scripts: when an element first says that it is ready. */
function watch() {
  const observer = new MutationObserver((changes) => {
    if (changes.some(({ target }) => target instanceof HTMLElement && target.dataset.state === 'ready')) {
      Object.assign(globalThis, { readyAt: performance.now() });
      observer.disconnect();
    }
  });
  observer.observe(document, { subtree: true, attributes: true, attributeFilter: ['data-state'] });
}

/** In the page: presses Run, and says after how long the first line is there. @param {string} clock */
function press(clock) {
  const root = /** @type {ShadowRoot} */ (document.querySelector('async-playground')?.shadowRoot);
  const named = [...root.querySelectorAll('label')].find((label) => label.textContent?.trim().startsWith(clock));
  (named?.control ?? named)?.click();
  const run = /** @type {HTMLButtonElement} */ (root.querySelector('button.run'));
  return /** @type {Promise<number>} */ (
    new Promise((resolve) => {
      const began = performance.now();
      new MutationObserver((_, observer) => {
        if (root.querySelector('td.actual code') === null) return;
        observer.disconnect();
        resolve(performance.now() - began);
      }).observe(root, { subtree: true, childList: true });
      run.click();
    })
  );
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {(page: import('playwright-core').Page) => Promise<number>} firstLine
 * @returns {Promise<Load>}
 */
async function once(browser, url, firstLine) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    /** @type {Promise<Buffer>[]} */
    const bodies = [];
    page.on('response', (response) => bodies.push(response.body().catch(() => Buffer.alloc(0))));
    await page.addInitScript(watch);
    await page.goto(url);
    const ready = await page.waitForFunction(() => /** @type {any} */ (globalThis).readyAt, null, { timeout: 120_000, polling: 100 });
    const readyAt = /** @type {number} */ (await ready.jsonValue());
    const loaded = await Promise.all([...bodies]);
    const line = await firstLine(page);
    const bytes = loaded.reduce((sum, body) => sum + packed(body), 0);
    return { ready: readyAt, line, bytes };
  } finally {
    await context.close();
  }
}

/** @type {Map<string, number>} */
const known = new Map();

/** The same bodies come again and again. @param {Buffer} body */
function packed(body) {
  const key = `${body.length} ${body.subarray(0, 64).toString('latin1')}`;
  const size = known.get(key) ?? brotliCompressSync(body).length;
  known.set(key, size);
  return size;
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} pages
 * @param {string} site
 * @returns {Promise<Row[]>}
 */
export async function load(browser, pages, site) {
  const nothing = async () => NaN;
  const instant = () => ({ url: `${site}request-handler/`, line: (/** @type {import('playwright-core').Page} */ page) => page.evaluate(press, 'Instant') });
  const kinds = {
    handler: { ...instant(), who: 'ours, request-handler', loads: LOADS },
    floor: { who: 'an empty wasm-bindgen page', url: `${pages}empty.html`, line: nothing, loads: LOADS },
    requests: { ...instant(), who: 'ours, concurrent-requests', url: `${site}concurrent-requests/`, loads: LOADS },
    pyodide: {
      who: 'Pyodide',
      url: `${pages}pyodide.html`,
      line: (/** @type {import('playwright-core').Page} */ page) => page.evaluate(() => /** @type {Promise<number>} */ (/** @type {any} */ (globalThis).run())),
      loads: PYODIDE_LOADS,
    },
  };
  const seen = /** @type {Record<keyof typeof kinds, Load[]>} */ ({ handler: [], floor: [], requests: [], pyodide: [] });
  for (let turn = 0; turn < LOADS; turn += 1) {
    for (const name of /** @type {(keyof typeof kinds)[]} */ (Object.keys(kinds))) {
      const { url, line, loads } = kinds[name];
      if (turn < loads) seen[name].push(await once(browser, url, line));
    }
  }
  /** @type {(bench: string, what: keyof Load, unit: string, work: string, of?: (keyof typeof kinds)[]) => Row} */
  const row = (bench, what, unit, work, of = ['handler', 'floor', 'requests', 'pyodide']) => {
    return { bench: `load, ${bench}`, work, unit, results: of.map((name) => spread(kinds[name].who, seen[name].map((load) => load[what]))) };
  };
  return [
    row('to Run enabled', 'ready', 'ms', 'a cold load, uncompressed from this machine: navigation until the page says that it is ready'),
    row(
      'Run to first line',
      'line',
      'ms',
      'the first line of request-handler, instant; of concurrent-requests, in real time by Pyodide, without its serial waits',
      ['handler', 'pyodide', 'requests'],
    ),
    row('bytes', 'bytes', 'bytes', 'all that the page has asked for when it is ready, each file in brotli'),
  ];
}
