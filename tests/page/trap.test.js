// A wasm instance that traps takes its runs with it; the page says so, and the next run gets a fresh instance.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { playground, openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { breakable, trapNext } from './support/breakable.js';

/** @typedef {import('./support/browser.js').Module} Module */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

test('a trap in a timer of a run in real time is reported on the page, and the next run passes', () =>
  site.page(
    // Twelve seconds and more, with timers; in the lean module.
    'concurrent-requests/?clock=real&setting.io_ms=1000',
    async (page) => {
      const on = await playground(page);
      await on.run.click();
      await on.until('running');
      await trapNext(page, -1);
      await on.until('error');
      assert.match((await on.summary.textContent()) ?? '', /broke down/);
      assert.match((await on.note.textContent()) ?? '', /instance ended/);
      await trapNext(page, 0);
      await on.clock('Simulated');
      await on.run.click();
      await on.until('watched');
    },
    { init: breakable, trouble: true },
  ));

test('a trap in the call that starts a run is reported too', () =>
  site.page(
    'concurrent-requests/',
    async (page) => {
      const on = await playground(page);
      await trapNext(page, -1);
      await on.run.click();
      await on.until('error');
      await trapNext(page, 0);
      await on.run.click();
      await on.until('watched');
    },
    { init: breakable, trouble: true },
  ));

test('a trap rejects all runs of its instance, and none of the next one', () =>
  site.page(
    '',
    async (page) => {
      const address = `${site.url}playground.js`;
      const outcome = await page.evaluate(async (address) => {
        const module = /** @type {Module} */ (await import(address));
        await module.ready();
        const code = (/** @type {Promise<unknown>} */ run) => run.then(() => 'a report', (error) => error.code);
        /** @type {Promise<unknown>[]} */
        const begun = [];
        const long = (/** @type {string} */ slug, /** @type {Record<string, number>} */ settings) => {
          /** @type {() => void} */
          let onEvents = () => {};
          begun.push(new Promise((resolve) => (onEvents = () => resolve(undefined))));
          return code(module.run(slug, { clock: 'real', settings, onEvents: () => onEvents() }));
        };
        const lost = [long('ttl-cache', { pause_ms: 10_000 }), long('concurrent-requests', { io_ms: 1000 })];
        await Promise.all(begun);
        Object.assign(globalThis, { trapNext: 1 });
        const codes = await Promise.all(lost);
        const slugs = module.catalogue().length;
        const next = await Promise.all([module.run('ttl-cache'), module.run('concurrent-requests', { seed: 1 })]);
        return { codes, slugs, verdicts: next.map(({ verdict }) => verdict) };
      }, address);
      assert.deepEqual(outcome, { codes: ['trap', 'trap'], slugs: EXERCISES.length, verdicts: ['passed', 'passed'] });
    },
    { init: breakable, trouble: true },
  ));

test('a module that does not load is reported, and loads when it can again', () =>
  site.page(
    '',
    async (page) => {
      const address = `${site.url}playground.js`;
      await page.route('**/*.wasm', (route) => route.abort());
      const first = await page.evaluate(async (address) => {
        const module = /** @type {Module} */ (await import(address));
        return module.run('ttl-cache').then(() => 'a report', (error) => error.code);
      }, address);
      assert.equal(first, 'load');
      await page.unroute('**/*.wasm');
      const second = await page.evaluate(async (address) => {
        const module = /** @type {Module} */ (await import(address));
        return (await module.run('ttl-cache')).verdict;
      }, address);
      assert.equal(second, 'passed');
    },
    { trouble: true },
  ));
