// axe-core finds nothing: every page, light and dark, before, during and after a run, wide and narrow.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { MOVING, openSite, playground } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { ran } from './support/player.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/**
 * @param {import('playwright-core').Page} page
 * @param {string} when
 */
async function clean(page, when) {
  const present = await page.evaluate(() => 'axe' in globalThis);
  // Through the debugger: the page's own policy forbids scripts that are not its own.
  if (!present) await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const axe = /** @type {any} */ (globalThis).axe;
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.slice(0, 3).map((/** @type {any} */ node) => `${node.target.flat().join(' ')} ${node.any[0]?.message ?? ''}`).join('; ')}`);
  });
  assert.deepEqual(found, [], when);
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  for (const width of [1280, 360]) {
    const looks = { colorScheme, viewport: { width, height: 900 }, ...MOVING };
    test(`the catalogue, ${colorScheme}, ${width} px`, () => site.page('', (page) => clean(page, 'catalogue'), looks));
    test(`on your own page, ${colorScheme}, ${width} px`, () =>
      site.page(
        'embed/',
        async (page) => {
          await playground(page);
          await clean(page, 'as it is');
          for (const field of await page.locator('form [type="checkbox"]:not([name="compact"])').all()) await field.setChecked(true);
          await page.locator('form [name="settings"]').fill('none=1');
          await page.locator('async-playground .refusal:not([hidden])').waitFor();
          await page.locator('async-playground').getByText('Notes', { exact: true }).waitFor();
          await clean(page, 'all options, one of them wrong');
        },
        looks,
      ));
    for (const { slug } of EXERCISES) {
      test(`${slug}, ${colorScheme}, ${width} px`, () =>
        site.page(
          `${slug}/`,
          async (page) => {
            const on = await playground(page);
            await clean(page, 'before');
            await on.speed('slow');
            await on.run.click();
            await page.locator('playground-picture').first().waitFor();
            await clean(page, 'during');
            // It may be over by now.
            await on.host.evaluate((/** @type {any} */ host) => host.stop());
            const replay = await ran(page);
            // All of them are in sight where there is room.
            for (const panel of width === 360 ? /** @type {const} */ (['Program', 'Rules', 'Output']) : []) {
              await on.turn(panel);
              await clean(page, panel);
            }
            await page.locator('tr[data-line]').last().click();
            await page.getByText('Picture as a table').first().click();
            await replay.openTools();
            await replay.host.getByLabel('Compare with').selectOption({ index: 1 });
            await page.locator('.numbers table').waitFor();
            await clean(page, 'after');
            await replay.scrub(2);
            await clean(page, 'at a cursor');
          },
          looks,
        ));
    }
  }
}

for (const [key, part] of /** @type {const} */ ([['?', 'dialog.help[open] svg'], ['p', 'dialog.presenting[open] svg .step']])) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`what ${key} opens, ${colorScheme}`, () =>
      site.page(
        'ttl-cache/',
        async (page) => {
          await ran(page);
          await page.locator('h1').click();
          await page.keyboard.press(key);
          await page.locator(part).first().waitFor({ state: 'attached' });
          await clean(page, key);
        },
        { colorScheme },
      ));
  }
}
