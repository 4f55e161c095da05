// Real time on a busy or slow device: a run that is late has the verdict "late", not "failed".

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { OVER, openSite, playground } from './support/browser.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/**
 * Keeps the page busy for some time, again and again.
 * @param {import('playwright-core').Page} page
 * @param {number} busy in ms
 */
const keepBusy = (page, busy) =>
  page.evaluate((busy) => {
    setInterval(() => {
      const until = performance.now() + busy;
      while (performance.now() < until);
    }, 50);
  }, busy);

for (const slug of ['health-check', 'connection-pool', 'ttl-cache']) {
  test(`${slug}: a run in real time on a busy page is watched, late or not`, () =>
    site.page(`${slug}/`, async (page) => {
      page.setDefaultTimeout(60_000);
      const on = await playground(page);
      await on.clock('Real time');
      await keepBusy(page, 60);
      await on.run.click();
      await page.locator(OVER).waitFor();
      assert.equal(await on.state(), 'watched', (await on.summary.textContent()) ?? '');
      assert.equal(await on.host.locator('.rules [data-state="failed"]').count(), 0);
    }));
}

test('a run that came late says how late, and what it would do on time', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    await on.clock('Real time');
    await keepBusy(page, 400);
    await on.run.click();
    await page.locator(OVER).waitFor();
    assert.match((await on.summary.textContent()) ?? '', /^Ran [1-9]\d* ms late on this device\. Not judged on time\.$/);
    assert.match((await on.note.textContent()) ?? '', /On simulated time the same run passes/);
  }));

test('a mistake in real time is shown, also where the page is busy', () =>
  site.page('ttl-cache/?program=check-then-fetch&clock=real', async (page) => {
    const on = await playground(page);
    await keepBusy(page, 60);
    await on.run.click();
    await on.until('mistake-shown');
  }));
