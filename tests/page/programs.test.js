// Mistakes: choosing one says what it is, sets the settings at which it shows, and the run fails there.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { playground, openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';

/** @typedef {import('./support/browser.js').Module} Module */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

for (const { slug } of EXERCISES) {
  test(`${slug}: each mistake is explained, and fails where it is said to`, () =>
    site.page(`${slug}/`, async (page) => {
      const on = await playground(page);
      await on.clock('Simulated');
      const programs = await page.evaluate(
        async ({ address, slug }) => {
          const module = /** @type {Module} */ (await import(address));
          await module.ready();
          return module.catalogue().find((info) => info.slug === slug)?.programs ?? [];
        },
        { address: `${site.url}playground.js`, slug },
      );
      const shows = programs.filter(({ mistake }) => mistake !== null && !mistake.needsOrder);
      for (const program of shows) {
        await on.host.getByLabel('Program').selectOption(program.slug);
        const told = on.host.locator('.mistake:not([hidden])');
        assert.ok(((await told.textContent()) ?? '').length > 40, `${program.slug} is explained`);
        const set = told.getByRole('button');
        if ((await set.count()) > 0) await set.click();
        await on.run.click();
        await on.until('failed');
        const broken = await on.host.locator('.rules [data-state="failed"]').evaluateAll((found) => found.map((rule) => rule.getAttribute('data-rule')));
        const breaks = program.mistake?.breaks ?? '';
        const found = breaks === 'output' ? (await on.statuses()).some((status) => status !== 'matched') : broken.includes(breaks);
        assert.ok(found, `${program.slug} breaks ${breaks}, and not only ${broken.join(', ')}`);
        if ((await on.host.getByRole('button', { name: 'Reset all' }).count()) > 0) {
          await on.host.getByRole('button', { name: 'Reset all' }).click();
        }
      }
      if (shows.length > 0) {
        await on.host.getByLabel('Program').selectOption('correct');
        assert.equal(await on.host.locator('.mistake').isVisible(), false);
        await on.run.click();
        await on.until('passed');
      }
    }));
}
