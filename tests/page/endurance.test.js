// Ten thousand runs in one page, a quarter of them stopped at some moment: neither heap nor wasm memory grows.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';

/** @typedef {import('./support/browser.js').Module} Module */

const RUNS = 10_000;
/** What is loaded, compiled and grown for the first time is there by then. */
const FIRST = 500;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/** In the page, before its scripts: keeps the memory of every module. */
function keepMemories() {
  const memories = /** @type {WebAssembly.Memory[]} */ ([]);
  const { instantiate } = WebAssembly;
  Object.assign(WebAssembly, {
    /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} imports */
    async instantiate(module, imports) {
      const made = await instantiate(module, imports);
      memories.push(...Object.values(made.exports).filter((one) => one instanceof WebAssembly.Memory));
      return made;
    },
  });
  Object.assign(globalThis, { memories });
}

/**
 * In the page: so many runs, ten at a time, of each exercise in turn. Every fourth is in real time, and stopped.
 * @param {Module} module
 * @param {{from: number, to: number, slugs: string[]}} which
 */
async function runs(module, { from, to, slugs }) {
  let next = from;
  let random = from + 1;
  let stopped = 0;
  const worker = async () => {
    while (next < to) {
      const number = next;
      next += 1;
      const slug = /** @type {string} */ (slugs[number % slugs.length]);
      // Of every exercise now one, now another is the fourth.
      const stops = Math.floor(number / slugs.length) % 4 === 0;
      random = (random * 48_271) % 2_147_483_647;
      const [stop, moment] = [new AbortController(), random % 12];
      const run = module.run(slug, { clock: stops ? 'real' : 'simulated', seed: random % 1000, signal: stop.signal });
      if (stops) setTimeout(() => stop.abort(), moment);
      const error = await run.then(() => null, (/** @type {Error} */ error) => error);
      if (error !== null && error.name !== 'AbortError') throw error;
      if (error !== null) stopped += 1;
    }
  };
  await Promise.all(Array.from({ length: 10 }, worker));
  return stopped;
}

test('ten thousand runs, a quarter of them stopped, leave nothing behind', { timeout: 600_000 }, (t) =>
  site.page(
    '',
    async (page) => {
      page.setDefaultTimeout(600_000);
      const client = await page.context().newCDPSession(page);
      const address = `${site.url}playground.js`;
      await page.evaluate(async (address) => Object.assign(globalThis, { playground: await import(address) }), address);
      const handle = /** @type {any} */ (await page.evaluateHandle('globalThis.playground'));
      const slugs = EXERCISES.map(({ slug }) => slug);
      const measured = async () => {
        for (let times = 0; times < 3; times += 1) await client.send('HeapProfiler.collectGarbage');
        const { usedSize } = await client.send('Runtime.getHeapUsage');
        const wasm = await page.evaluate(() =>
          /** @type {{memories: WebAssembly.Memory[]}} */ (/** @type {any} */ (globalThis)).memories.map(({ buffer }) => buffer.byteLength),
        );
        return { heap: usedSize, wasm };
      };
      await handle.evaluate(runs, { from: 0, to: FIRST, slugs });
      const before = await measured();
      const stopped = await handle.evaluate(runs, { from: FIRST, to: RUNS, slugs });
      const after = await measured();
      t.diagnostic(`heap ${before.heap} bytes after ${FIRST} runs, ${after.heap} after ${RUNS}; wasm ${before.wasm}, ${after.wasm}; ${stopped} stopped`);
      assert.ok(stopped > (RUNS - FIRST) / 8, `only ${stopped} were stopped before their end`);
      assert.ok(after.heap < before.heap * 1.1, `${before.heap} bytes on the heap after ${FIRST} runs, ${after.heap} after ${RUNS}`);
      // A page of 64 KiB or two more is how many happened to run side by side; 100 bytes lost by each run were 15.
      const grown = after.wasm.map((bytes, at) => bytes - (before.wasm[at] ?? 0));
      assert.ok(Math.max(...grown) <= 4 * 65_536, `wasm memory grew by ${grown} bytes`);
    },
    { init: keepMemories },
  ));
