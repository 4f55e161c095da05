// Stop in the middle of a run leaves no task, no timer and no late line, and the next run is clean.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { MOVING, playground, openSite } from './support/browser.js';
import { SAMPLE, wrongWith } from './support/exercises.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/**
 * Counts the long timers that are set, as those of a slow run are; the page's own, which are short, come and go. Runs in
 * the page before anything else.
 */
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
      if ((ms ?? 0) > 800) pending.add(id);
      return id;
    },
    /** @param {number} id */
    clearTimeout(id) {
      pending.delete(id);
      clear(id);
    },
  });
}

/** Makes every time that a setting sets as long as it may be. @param {import('playwright-core').Locator} host */
const slowly = (host) =>
  host.locator('playground-setting').evaluateAll((settings) => {
    for (const element of /** @type {any[]} */ (settings)) {
      if (element.setting.unit !== 'ms') continue;
      element.value = element.setting.max;
      element.dispatchEvent(new CustomEvent('settingchange', { bubbles: true }));
    }
  });

for (const { slug } of SAMPLE) {
  test(`${slug}: stopped half way, nothing comes late`, () =>
    site.page(
      `${slug}/`,
      async (page) => {
        const on = await playground(page);
        const timers = () => page.evaluate(() => /** @type {any} */ (globalThis).pendingTimers());
        const events = () => page.evaluate(() => /** @type {any} */ (document.querySelector('async-playground')).player?.length ?? 0);
        await on.clock('Real time');
        // The shortest of them takes a second, so that it is under way whenever this test has its turn.
        await on.openSettings();
        await slowly(on.host);
        const idle = await timers();
        await on.run.click();
        await page.waitForFunction((idle) => {
          const { player } = /** @type {any} */ (document.querySelector('async-playground'));
          return (player?.length ?? 0) > 0 && /** @type {any} */ (globalThis).pendingTimers() > idle;
        }, idle);
        await on.stop.click();
        await on.until('stopped');
        assert.equal(await timers(), idle, 'no timer is left');
        const [lines, happened] = [await on.lines(), await events()];
        // With no timer only what is on its way already could still come.
        await page.waitForTimeout(300);
        assert.deepEqual(await on.lines(), lines, 'no line came late');
        assert.equal(await events(), happened, 'nor did any other event');
        assert.equal(await on.state(), 'stopped');

        await on.host.getByRole('button', { name: 'Reset all' }).click();
        await on.clock('Simulated');
        await on.run.click();
        await on.until('watched');
        assert.equal(wrongWith(slug, (await on.lines()).map(({ line }) => line), { real: false }), null);
      },
      { init: countTimers },
    ));
}

test('removing the playground from the page ends its run', () =>
  site.page(
    'concurrent-requests/?setting.io_ms=1000',
    async (page) => {
      const on = await playground(page);
      const timers = () => page.evaluate(() => /** @type {any} */ (globalThis).pendingTimers());
      const idle = await timers();
      await on.clock('Real time');
      await on.run.click();
      // Eleven seconds long, it waits on a timer.
      await page.waitForFunction((idle) => /** @type {any} */ (globalThis).pendingTimers() > idle, idle);
      await on.host.evaluate((host) => host.remove());
      assert.equal(await timers(), idle);
    },
    { init: countTimers },
  ));

test('Stop is for a run that goes on, and the focus goes with the buttons', () =>
  site.page('ttl-cache/?setting.pause_ms=20000', async (page) => {
    const on = await playground(page);
    assert.equal(await on.stop.isDisabled(), true);
    await on.clock('Real time');
    await on.run.focus();
    await page.keyboard.press('Enter');
    await on.until('running');
    const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent);
    assert.equal(await focused(), 'Stop');
    await page.keyboard.press('Enter');
    await on.until('stopped');
    assert.equal(await focused(), 'Run');
  }));

test('a run that is stopped when all has happened has no report any more, and the next one passes', () =>
  site.page('', async (page) => {
    const address = `${site.url}playground.js`;
    const ends = await page.evaluate(async (address) => {
      const module = /** @type {import('./support/browser.js').Module} */ (await import(address));
      const controller = new AbortController();
      // What is left is to judge it: of so long a trace that takes many turns of the page.
      const onEvents = (/** @type {import('../../www/api/playground.js').Event[]} */ events) => {
        if (events.some((event) => event.kind === 'task' && event.id === 0 && event.phase === 'finished')) controller.abort();
      };
      const run = module.run('concurrent-requests', { settings: { n: 50_000 }, signal: controller.signal, onEvents });
      const ended = await run.then(() => 'a report', ({ name }) => name);
      const { verdict } = await module.run('concurrent-requests', { settings: { n: 10 } });
      return [ended, verdict];
    }, address);
    assert.deepEqual(ends, ['AbortError', 'passed']);
  }));

test('all lines up to Stop are shown, also where drawing had fallen behind', () =>
  site.page('ttl-cache/?clock=real', async (page) => {
    await playground(page);
    const counts = await page.locator('async-playground').evaluate((/** @type {any} */ host) => {
      const { now } = performance;
      // Every drawing takes long, so that the next one waits.
      let time = now.call(performance);
      performance.now = () => (time += 500);
      host.run();
      return new Promise((resolve) => {
        let lines = 0;
        host.addEventListener('log', (/** @type {any} */ event) => {
          lines += event.detail.events.length;
          if (lines < 2) return;
          host.stop();
          performance.now = now;
          resolve([lines, host.shadowRoot.querySelectorAll('td.actual code').length]);
        });
      });
    });
    const [lines, shown] = /** @type {number[]} */ (counts);
    assert.equal(shown, lines);
  }));

test('a run that is stopped while it is played was not judged, and the next one is', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    await on.speed('slow');
    await on.run.click();
    await on.host.locator('[data-status="matched"]').first().waitFor();
    await on.stop.click();
    assert.match((await on.summary.textContent()) ?? '', /^Stopped at [\d.]+ ms\. Nothing was judged\.$/);
    const lines = await on.lines();
    assert.ok(lines.length > 0);
    assert.equal(await on.state(), 'stopped');
    await on.speed('once');
    await on.run.click();
    await on.until('watched');
  }, MOVING));
