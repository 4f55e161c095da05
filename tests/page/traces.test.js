// Same seed, same bytes: the trace of an exercise is the same twice in the page, and the same natively.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { native } from './support/native.js';

/** @typedef {import('./support/browser.js').Module} Module */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

for (const { slug } of EXERCISES) {
  for (const seed of [null, 7]) {
    test(`${slug}: the same trace ${seed === null ? 'first come, first served' : `with seed ${seed}`}, three times, and natively`, () =>
      site.page('', async (page) => {
        const traces = await page.evaluate(
          async ({ address, slug, seed }) => {
            const module = /** @type {Module} */ (await import(address));
            const trace = async (/** @type {import('../../www/api/playground.js').RunOptions} */ options) => {
              /** @type {unknown[]} */
              const events = [];
              await module.run(slug, { ...options, ...(seed === null ? {} : { seed }), onEvents: (some) => void events.push(...some) });
              return events;
            };
            return [await trace({}), await trace({}), await trace({ settings: {} })];
          },
          { address: `${site.url}playground.js`, slug, seed },
        );
        const [first = [], ...others] = traces;
        assert.ok(first.length > 0);
        for (const other of others) assert.equal(JSON.stringify(other), JSON.stringify(first));
        assert.deepEqual(first, await native(slug, seed));
      }));
  }
}
