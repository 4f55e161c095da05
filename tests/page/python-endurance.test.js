// Runs in Python in one page, a tenth of them stopped: neither heap nor workers are left behind. `RUNS=1000` makes more.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { openSite } from './support/browser.js';

const RUNS = Number(process.env.RUNS ?? 80);
/** What is loaded and compiled for the first time is there by then. */
const FIRST = 20;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/**
 * In the page: runs with these numbers. Every tenth is stopped soon.
 * @param {{address: string, from: number, to: number}} which
 */
async function runs({ address, from, to }) {
  const { run } = await import(address);
  let stopped = 0;
  for (let seed = from; seed < to; seed += 1) {
    const stop = new AbortController();
    const running = run('ttl-cache', { program: 'answer', seed, signal: stop.signal });
    if (seed % 10 === 0) setTimeout(() => stop.abort(), seed % 7);
    const error = await running.then(() => null, (/** @type {Error} */ error) => error);
    if (error !== null && error.name !== 'AbortError') throw error;
    if (error !== null) stopped += 1;
  }
  return stopped;
}

test(`${RUNS} runs in Python, a tenth of them stopped, leave nothing behind`, { timeout: 900_000 }, (t) =>
  site.page('', async (page) => {
    page.setDefaultTimeout(900_000);
    const address = `${site.url}playground.js`;
    const client = await page.context().newCDPSession(page);
    const measured = async () => {
      for (let times = 0; times < 3; times += 1) await client.send('HeapProfiler.collectGarbage');
      return (await client.send('Runtime.getHeapUsage')).usedSize;
    };
    await page.evaluate(runs, { address, from: 0, to: FIRST });
    const before = await measured();
    const stopped = await page.evaluate(runs, { address, from: FIRST, to: RUNS });
    const after = await measured();
    t.diagnostic(`heap ${before} bytes after ${FIRST} runs, ${after} after ${RUNS}; ${stopped} stopped`);
    assert.ok(stopped >= (RUNS - FIRST) / 20, `only ${stopped} were stopped before their end`);
    assert.ok(after < before * 1.1, `${before} bytes on the heap after ${FIRST} runs, ${after} after ${RUNS}`);
    // One that plays and a spare one; those that were ended need a moment.
    for (let times = 0; times < 50 && page.workers().length > 2; times += 1) await sleep(100);
    assert.ok(page.workers().length <= 2, `${page.workers().length} workers are left`);
  }));
