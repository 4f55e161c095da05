// 100 000 tasks, and 100 000 lines: the page draws no more than what can be seen, and gives its memory back.
//
// The times of its tasks are printed and not asserted, since they depend on the machine.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { playground, openSite } from './support/browser.js';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/**
 * The longest task of the page's thread while something goes on, in ms of processor time: what else the machine does is
 * not in it.
 * @param {Page} page
 * @param {() => Promise<void>} work
 */
async function longest(page, work) {
  const browser = page.context().browser();
  assert.ok(browser);
  await browser.startTracing(page, { categories: ['toplevel'] });
  await work();
  /** @type {{traceEvents: {name: string, pid: number, tid: number, tdur?: number, args: {name?: string}}[]}} */
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  const main = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`);
  const tasks = traceEvents.flatMap(({ pid, tid, tdur }) => (tdur !== undefined && main.includes(`${pid} ${tid}`) ? tdur / 1000 : []));
  assert.ok(tasks.length > 0, 'tasks are traced');
  return Math.round(tasks.reduce((most, task) => Math.max(most, task)));
}

/**
 * What the page holds after a collection, in bytes: on the heap, of that without compiled code, and in the memories of
 * wasm instances. What V8 compiles of a script that has become hot is on its heap too; that stays, and is no run's.
 * @param {import('playwright-core').CDPSession} client
 */
async function memory(client) {
  return { ...(await heapAndWasm(client)), data: await dataSize(client) };
}

/**
 * The heap and the memories of wasm instances alone: the snapshot of a large run is too long for a string of Node.js.
 * @param {import('playwright-core').CDPSession} client
 */
async function heapAndWasm(client) {
  for (let times = 0; times < 3; times += 1) await client.send('HeapProfiler.collectGarbage');
  const { usedSize: heap } = await client.send('Runtime.getHeapUsage');
  return { heap, wasm: await wasmSize(client) };
}

/** @param {import('playwright-core').CDPSession} client */
async function dataSize(client) {
  /** @type {string[]} */
  const chunks = [];
  const take = (/** @type {{chunk: string}} */ { chunk }) => chunks.push(chunk);
  client.on('HeapProfiler.addHeapSnapshotChunk', take);
  await client.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  client.off('HeapProfiler.addHeapSnapshotChunk', take);
  const { snapshot, nodes } = JSON.parse(chunks.join(''));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')];
  let sum = 0;
  for (let node = 0; node < nodes.length; node += fields.length) {
    // What is native is not on this heap.
    if (!['code', 'native'].includes(types[type][nodes[node + type]])) sum += nodes[node + size];
  }
  return sum;
}

/** @param {import('playwright-core').CDPSession} client */
async function wasmSize(client) {
  const { result } = await client.send('Runtime.evaluate', { expression: 'WebAssembly.Memory.prototype', objectGroup: 'memory' });
  const { objects } = await client.send('Runtime.queryObjects', { prototypeObjectId: result.objectId ?? '', objectGroup: 'memory' });
  const sum = await client.send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    functionDeclaration: 'function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0); }',
    returnByValue: true,
  });
  // The list itself would hold them.
  await client.send('Runtime.releaseObjectGroup', { objectGroup: 'memory' });
  return sum.result.value;
}

/**
 * What the playground has made, in nodes.
 * @param {Page} page
 */
function nodes(page) {
  return page.evaluate(() => document.querySelector('async-playground')?.shadowRoot?.querySelectorAll('*').length ?? 0);
}

/** A table of lines has some thousand nodes, and a picture that fills a screen as many. */
const MOST_NODES = 20_000;

/** @type {{what: string, slug: string, settings: Record<string, number>}[]} */
const LARGE = [
  { what: '100 000 tasks', slug: 'concurrent-requests', settings: { Requests: 100_000 } },
  {
    what: '100 000 lines',
    slug: 'circuit-breaker',
    settings: { 'Callers at once': 100, 'Calls per caller': 1000 },
  },
];

for (const { what, slug, settings } of LARGE) {
  test(`${what}: what is drawn stays small, and the memory comes back`, { timeout: 180_000 }, (t) =>
    site.page(`${slug}/`, async (page) => {
      page.setDefaultTimeout(120_000);
      const client = await page.context().newCDPSession(page);
      const on = await playground(page);
      await on.openSettings();
      await on.clock('Simulated');
      const set = async (/** @type {Record<string, number>} */ values) => {
        for (const [name, value] of Object.entries(values)) await on.host.getByLabel(name, { exact: true }).fill(String(value));
      };
      const again = async () => {
        await on.run.click();
        await on.until('watched');
      };
      const scroll = async () => {
        const pane = page.locator('.pane').first();
        await pane.scrollIntoViewIfNeeded();
        await pane.hover();
        for (let times = 0; times < 15; times += 1) {
          await page.mouse.wheel(0, 240);
          await page.waitForTimeout(16);
        }
      };
      const scrub = async () => {
        const box = await on.host.getByRole('slider', { name: 'Event', exact: true }).boundingBox();
        assert.ok(box);
        const to = (/** @type {number} */ share) => page.mouse.move(box.x + 4 + share * (box.width - 8), box.y + box.height / 2, { steps: 2 });
        await to(1);
        await page.mouse.down();
        for (let share = 1; share >= 0; share -= 0.05) await to(share);
        await page.mouse.up();
        await page.waitForTimeout(300);
      };
      // All of it once with a small run, so that what comes with the first one is there, of the page as of the driver.
      await again();
      await scroll();
      await scrub();
      const before = await memory(client);

      await set(settings);
      let [usable, took] = [0, 0];
      const running = await longest(page, async () => {
        const began = Date.now();
        await on.run.click();
        // Usable: the page shows how far the run has been computed, it scrolls, there are frames. The run is played after that.
        await on.host.locator('.where').filter({ hasText: /^\d+ of \d{4,} / }).waitFor();
        await page.mouse.wheel(0, 200);
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
        usable = Date.now() - began;
        await on.until('watched');
        took = Date.now() - began;
        await page.waitForTimeout(500);
      });
      const scrolling = await longest(page, scroll);
      const afterScrolling = await nodes(page);
      const scrubbing = await longest(page, scrub);
      const most = Math.max(afterScrolling, await nodes(page));
      const held = await heapAndWasm(client);

      await on.host.getByRole('button', { name: 'Reset all' }).click();
      await again();
      await page.waitForTimeout(300);
      const left = await memory(client);

      const told = (/** @type {Record<string, number>} */ sizes) =>
        Object.entries(sizes).map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(2)} MB`).join(', ');
      t.diagnostic(`usable after ${usable} ms, done after ${took} ms`);
      t.diagnostic(`longest task of the processor: ${running} ms while running, ${scrolling} scrolling, ${scrubbing} scrubbing`);
      t.diagnostic(`before: ${told(before)}; with the run: ${told(held)}; after it: ${told(left)}`);
      t.diagnostic(`${most} nodes at most`);
      assert.ok(most < MOST_NODES, `${most} nodes in the playground`);
      assert.ok(left.data < before.data * 1.1, `on the heap: ${told(before)}, after it ${told(left)}`);
      assert.ok(left.wasm < before.wasm * 1.1, `of the modules: ${told(before)}, after it ${told(left)}`);
    }));
}
