// Measures cold loads in turns, each in a browser context of its own without a cache.

import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';

import { spread } from './page/rounds.js';

/**
 * @typedef {import('./page/rounds.js').Row} Row
 * @typedef {Awaited<ReturnType<typeof import('./visit.js').start>>} Browser
 * @typedef {{ready: number, module: number, line: number, bytes: number}} Load in ms, and in brotli
 */

const LOADS = 20;
const PYODIDE_LOADS = 5;
/** What asks a page takes its time from it: a page is left alone for so long, in ms, and then asked so often. */
const ALONE = 500;
const PATIENCE = 120_000;

/** In the page, before its scripts: when Run can be pressed, and when the module is there; on a plain page that is one. */
function watch() {
  const observer = new MutationObserver((changes) => {
    if (changes.some(({ target }) => target instanceof HTMLElement && target.dataset.state === 'ready')) {
      Object.assign(globalThis, { readyAt: performance.now() });
      observer.disconnect();
    }
  });
  observer.observe(document, { subtree: true, attributes: true, attributeFilter: ['data-state'] });
  document.addEventListener('ready', () => Object.assign(globalThis, { moduleAt: performance.now() }), { once: true });
}

/** In the page, once it is ready. */
function seen() {
  const { readyAt, moduleAt = readyAt } = /** @type {any} */ (globalThis);
  const files = performance.getEntriesByType('resource').map(({ name }) => name);
  return { readyAt, moduleAt, files: [location.href, ...files] };
}

/** In the page: presses Run, and says after how long the first line is there. A simulated run is shown at once. */
function press() {
  const root = /** @type {ShadowRoot} */ (document.querySelector('async-playground')?.shadowRoot);
  const speed = /** @type {HTMLSelectElement} */ (root.querySelector('#speed'));
  speed.value = 'once';
  speed.dispatchEvent(new Event('change', { bubbles: true }));
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
 * @param {Browser} browser
 * @param {string} url
 * @param {string} firstLine an expression
 * @returns {Promise<Load>}
 */
async function once(browser, url, firstLine) {
  const visit = await browser.visit(url, `(${watch})()`);
  try {
    await sleep(ALONE);
    for (const until = performance.now() + PATIENCE; !(await visit.evaluate('globalThis.readyAt !== undefined')); await sleep(ALONE)) {
      if (performance.now() > until) throw new Error(`${url} is not ready`);
    }
    const { readyAt, moduleAt, files } = await visit.evaluate(`(${seen})()`);
    const line = await visit.evaluate(firstLine);
    const sizes = await Promise.all(files.map(packed));
    return { ready: readyAt, module: moduleAt, line, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  } finally {
    await visit.close();
  }
}

/** @type {Map<string, number>} */
const known = new Map();

/** The same files come again and again. @param {string} url */
async function packed(url) {
  const response = known.has(url) ? null : await fetch(url);
  if (response !== null) known.set(url, response.ok ? brotliCompressSync(await response.arrayBuffer()).length : 0);
  return known.get(url) ?? 0;
}

/**
 * @param {Browser} browser
 * @param {string} pages
 * @param {string} site
 * @returns {Promise<Row[]>}
 */
export async function load(browser, pages, site) {
  const nothing = 'null';
  const instant = `(${press})()`;
  const kinds = {
    handler: { who: 'ours, request-handler', url: `${site}request-handler/`, line: instant, loads: LOADS },
    floor: { who: 'an empty wasm-bindgen page', url: `${pages}empty.html`, line: nothing, loads: LOADS },
    requests: { who: 'ours, concurrent-requests', url: `${site}concurrent-requests/`, line: instant, loads: LOADS },
    pyodide: { who: 'Pyodide', url: `${pages}pyodide.html`, line: 'run()', loads: PYODIDE_LOADS },
  };
  const loaded = /** @type {Record<keyof typeof kinds, Load[]>} */ ({ handler: [], floor: [], requests: [], pyodide: [] });
  const names = /** @type {(keyof typeof kinds)[]} */ (Object.keys(kinds));
  for (let turn = 0; turn < LOADS; turn += 1) {
    // Each turn begins with another page, because a page that was left still does work while the next one loads.
    const first = turn % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const { url, line, loads } = kinds[name];
      if (turn < loads) loaded[name].push(await once(browser, url, line));
    }
  }
  /** @type {(bench: string, what: keyof Load, unit: string, work: string, of?: (keyof typeof kinds)[]) => Row} */
  const row = (bench, what, unit, work, of = ['handler', 'floor', 'requests', 'pyodide']) => {
    return { bench: `load, ${bench}`, work, unit, results: of.map((name) => spread(kinds[name].who, loaded[name].map((load) => load[what]))) };
  };
  return [
    row('to Run enabled', 'ready', 'ms', 'a cold load, uncompressed from this machine: navigation until Run can be pressed, which waits for the module if it must'),
    row('to the module', 'module', 'ms', 'in the same loads: navigation until the module could run', ['handler', 'floor', 'requests']),
    row(
      'Run to first line',
      'line',
      'ms',
      'pressed half a second after the navigation or later: the first line of request-handler, at once; of concurrent-requests, in real time by Pyodide, without its serial waits',
      ['handler', 'pyodide', 'requests'],
    ),
    row('bytes', 'bytes', 'bytes', 'all that the page has asked for when it is ready, each file in brotli'),
  ];
}
