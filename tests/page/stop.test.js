// Stop in the middle of a run leaves no task, no timer and no late line, and the next run is clean.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { bench, openSite } from './support/browser.js';
import { SAMPLE, wrongWith } from './support/exercises.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/** Counts the timers that are set; runs in the page before anything else. */
function countTimers() {
  /** @type {Set<unknown>} */
  const pending = new Set();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  Object.assign(globalThis, {
    pendingTimers: () => pending.size,
    /** @type {(work: Function, ms?: number, ...rest: unknown[]) => unknown} */
    setTimeout(work, ms, ...rest) {
      const id = set(() => {
        pending.delete(id);
        work(...rest);
      }, ms);
      pending.add(id);
      return id;
    },
    /** @param {number} id */
    clearTimeout(id) {
      pending.delete(id);
      clear(id);
    },
  });
}

for (const { slug, end } of SAMPLE) {
  test(`${slug}: stopped half way, nothing comes late`, () =>
    site.page(
      `${slug}/`,
      async (page) => {
        const on = await bench(page);
        const timers = () => page.evaluate(() => /** @type {any} */ (globalThis).pendingTimers());
        await on.clock('Slow');
        // The whole run takes 1.6 s, or what the slowest speed makes of it.
        const speed = Math.max(0.05, Math.round((end / 1600) * 100) / 100);
        await on.speed(speed);
        const lasts = end / speed;
        const idle = await timers();
        await on.run.click();
        await on.until('running');
        await page.waitForTimeout(lasts / 2);
        await on.stop.click();
        await on.until('stopped');
        assert.equal(await timers(), idle, 'no timer is left');
        const lines = await on.lines();
        await page.waitForTimeout(lasts);
        assert.deepEqual(await on.lines(), lines, 'no line came late');
        assert.equal(await on.state(), 'stopped');

        await on.clock('Instant');
        await on.run.click();
        await on.until('passed');
        assert.equal(wrongWith(slug, (await on.lines()).map(({ line }) => line), { live: false }), null);
      },
      { init: countTimers },
    ));
}

test('taking the bench off the page ends its run', () =>
  site.page(
    'concurrent-requests/',
    async (page) => {
      const on = await bench(page);
      const timers = () => page.evaluate(() => /** @type {any} */ (globalThis).pendingTimers());
      const idle = await timers();
      await on.clock('Live');
      await on.run.click();
      await on.until('running');
      await page.waitForTimeout(200);
      assert.ok((await timers()) > idle, 'the run waits on a timer');
      await on.host.evaluate((host) => host.remove());
      assert.equal(await timers(), idle);
    },
    { init: countTimers },
  ));

test('Stop is for a run that goes on, and the focus goes with the buttons', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await bench(page);
    assert.equal(await on.stop.isDisabled(), true);
    await on.clock('Live');
    await on.run.focus();
    await page.keyboard.press('Enter');
    await on.until('running');
    const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent);
    assert.equal(await focused(), 'Stop');
    await page.keyboard.press('Enter');
    await on.until('stopped');
    assert.equal(await focused(), 'Run');
  }));
