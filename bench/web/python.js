// Measures programs in Python, beside Pyodide as npm ships it: each round in a browser context of its own, without a cache.

import { spread } from './page/rounds.js';

/**
 * @typedef {import('./page/rounds.js').Row} Row
 * @typedef {Awaited<ReturnType<typeof import('./visit.js').start>>} Browser
 * @typedef {{ready: number, run: number, order: number, stopped: number, next: number}} Ours in ms
 */

const ROUNDS = 5;

/**
 * In a page of the site: loads Python and runs programs.
 * @param {string} address of the module
 * @returns {Promise<Ours>}
 */
async function ours(address) {
  const { ready, run, search } = /** @type {typeof import('../../www/api/playground.js')} */ (await import(address));
  /** @param {() => Promise<unknown>} work */
  const took = async (work) => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  const slug = 'ttl-cache';
  const answer = () => run(slug, { program: 'answer' });
  const loaded = await took(() => ready('python'));
  await answer();
  const times = [];
  for (let count = 0; count < 11; count += 1) times.push(await took(answer));
  const seeds = 100;
  const searched = await took(() => search(slug, { program: 'answer', seeds }));
  // A stop raised in the loop is caught again and again: only the watch ends it.
  const endless = 'class AsyncTTLCache:\n    def __init__(self, ttl_seconds):\n        while True:\n            try:\n                pow(7, 10**7)\n            except BaseException: pass\n';
  const stopped = await took(() => run(slug, { code: endless }));
  const next = await took(answer);
  return { ready: loaded, run: times.sort((a, b) => a - b)[5] ?? NaN, order: searched / seeds, stopped, next };
}

/**
 * In any page: loads Pyodide and its asyncio.
 * @param {string} address
 */
async function shipped(address) {
  const began = performance.now();
  const { loadPyodide } = await import(address);
  const python = await loadPyodide();
  python.runPython('import asyncio');
  return performance.now() - began;
}

/**
 * @param {Browser} browser
 * @param {string} pages
 * @param {string} site
 * @returns {Promise<Row[]>}
 */
export async function python(browser, pages, site) {
  /** @type {Ours[]} */
  const measured = [];
  const theirs = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    measured.push(await visited(browser, `${site}404.html`, `(${ours})('${site}playground.js')`));
    theirs.push(await visited(browser, `${pages}empty.html`, `(${shipped})('${pages}pyodide/pyodide.mjs')`));
  }
  /** @type {(what: keyof Ours, bench: string, work: string) => Row} */
  const row = (what, bench, work) => ({
    bench: `Python, ${bench}`,
    work,
    unit: 'ms',
    results: [spread('ours', measured.map((one) => one[what]))],
  });
  const ready = row('ready', 'press to ready', 'a cold load from this machine, until the first program can run');
  ready.results.push(spread('Pyodide as shipped', theirs));
  return [
    ready,
    row('run', 'one run', 'ttl-cache, the answer: run and judged'),
    row('order', 'one order', 'ttl-cache, the answer, in a search through 100 seeds'),
    row('stopped', 'endless loop', 'until a loop that catches every stop is ended, in words'),
    row('next', 'run after it', 'the answer of ttl-cache, in the spare worker'),
  ];
}

/** @param {Browser} browser @param {string} url @param {string} expression */
async function visited(browser, url, expression) {
  const visit = await browser.visit(url, '');
  try {
    return await visit.evaluate(expression);
  } finally {
    await visit.close();
  }
}
