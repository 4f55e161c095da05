// The one file as a teacher opens it: from the disk, with no network.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { playground, openFile, openSite } from './support/browser.js';
import { breakable, trapNext } from './support/breakable.js';
import { EXERCISES, wrongWith } from './support/exercises.js';

/** @type {Awaited<ReturnType<typeof openFile>>} */
let file;
before(async () => {
  file = await openFile();
});
after(() => file.close());

for (const { slug } of EXERCISES) {
  test(`${slug} passes at once and in real time, with prose, rules and picture`, () =>
    file.page(
      `#/${slug}/`,
      async (page) => {
        const on = await playground(page);
        const atOnce = async () => {
          await on.clock('Simulated');
          await on.run.click();
          await on.until('watched');
        };
        for (const [clock, passes] of /** @type {const} */ ([['Simulated', atOnce], ['Real time', on.passesInRealTime]])) {
          await passes();
          const lines = (await on.lines()).map(({ line }) => line);
          assert.equal(wrongWith(slug, lines, { real: clock === 'Real time' }), null);
          assert.ok((await on.host.locator('.rules [data-state="passed"]').count()) > 0, 'the rules are judged');
          await page.locator('playground-picture .axis').first().waitFor();
        }
        await page.locator('.statement .more > summary').click();
        assert.ok((await page.locator('.statement').innerText()).length > 200, 'a statement');
        assert.equal(await page.locator('.hints details').count(), 3);
        assert.match((await page.locator('.sources pre').textContent()) ?? '', /\bfn\b/);
        assert.ok(((await page.locator('.notes .prose').textContent()) ?? '').length > 100, 'notes');
      },
      { offline: true },
    ));
}

test('a trap is reported, and the next run gets another instance', () =>
  file.page(
    '#/concurrent-requests/',
    async (page) => {
      const on = await playground(page);
      await on.run.click();
      await on.until('watched');
      await on.host.locator('playground-picture').first().waitFor();
      await trapNext(page, 1);
      await on.run.click();
      await on.until('error');
      assert.match((await on.note.textContent()) ?? '', /instance ended/);
      await on.clock('Simulated');
      await on.run.click();
      await on.until('watched');
      assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).instances), 2);
    },
    { init: breakable, offline: true, trouble: true },
  ));

test('a fragment that names no page leaves the page that is there', () =>
  file.page(
    '#/%',
    async (page) => {
      await page.locator('.card').first().waitFor();
      await page.evaluate(() => void (location.hash = '#/ttl-cache/'));
      await playground(page);
      await page.evaluate(() => void (location.hash = '#/%E0%A4%A'));
      await page.locator('async-playground[exercise="ttl-cache"][data-state]').waitFor();
    },
    { offline: true },
  ));

test('links lead through the file, and back again', () =>
  file.page(
    '',
    async (page) => {
      assert.equal(await page.locator('.card').count(), EXERCISES.length);
      const title = (await page.locator('.card a').first().textContent()) ?? '';
      await page.locator('.card a').first().click();
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      assert.match(await page.title(), new RegExp(`^${title}`));
      await page.getByRole('link', { name: 'the mistakes' }).click();
      await page.getByRole('heading', { name: `${title}: mistakes`, level: 1 }).waitFor();
      await page.getByRole('link', { name: 'The exercise' }).click();
      await page.getByRole('heading', { name: title, exact: true, level: 1 }).waitFor();
      await page.locator('a[rel="next"]').click();
      await page.locator('async-playground[exercise="concurrent-requests"][data-state]').waitFor();
      await page.goBack();
      await page.locator('async-playground[exercise="request-handler"][data-state]').waitFor();
      await page.getByRole('link', { name: 'Async playground' }).click();
      await page.locator('.card').first().waitFor();
      const links = await page.locator('template').evaluateAll((pages) =>
        pages.flatMap((page) => [.../** @type {HTMLTemplateElement} */ (page).content.querySelectorAll('[src], link, script, style')].map(({ outerHTML }) => outerHTML)),
      );
      assert.deepEqual(links, [], 'no page asks for anything');
    },
    { offline: true },
  ));

test('opened from a server whose policy refuses its scripts and styles, it says so', async () => {
  const site = await openSite();
  try {
    await site.page(
      'async-playground.html',
      async (page) => {
        await page.getByText('the policy of this server refuses both').waitFor();
        await page.getByRole('link', { name: 'go to the site' }).click();
        await page.locator('.card').first().waitFor();
      },
      { trouble: true },
    );
  } finally {
    await site.close();
  }
  await file.page('', async (page) => {
    await page.locator('.card').first().waitFor();
    assert.equal(await page.locator('.kept-out').count(), 0);
  });
});
