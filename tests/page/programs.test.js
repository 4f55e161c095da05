// Mistakes: the press of a card says what the mistake is, runs it where it shows, and stops where its rule breaks.

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
      const shows = programs.filter(({ mistake }) => mistake !== null);
      for (const program of shows) {
        await on.program(program.slug);
        await on.until('mistake-shown');
        assert.ok(((await on.host.locator('.about').textContent()) ?? '').length > 80, `${program.slug} is explained`);
        // The correct program is drawn below it.
        await on.host.locator('.other:not([hidden]) .sheet').waitFor();
        await on.host.getByRole('slider', { name: 'Event', exact: true }).press('End');
        const broken = await on.host.locator('.rules [data-state="failed"]').evaluateAll((found) => found.map((rule) => rule.getAttribute('data-rule')));
        const breaks = program.mistake?.breaks ?? '';
        const found = breaks === 'output' ? (await on.statuses()).some((status) => status !== 'matched') : broken.includes(breaks);
        assert.ok(found, `${program.slug} breaks ${breaks}, and not only ${broken.join(', ')}`);
        if ((await on.host.getByRole('button', { name: 'Reset all' }).count()) > 0) {
          await on.host.getByRole('button', { name: 'Reset all' }).click();
        }
      }
      if (shows.length > 0) {
        await on.program('correct');
        await on.until('watched');
      }
    }));
}
