// Real time on a busy or slow device: a run that is late has the verdict "late", not "failed".

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { OVER, openSite, playground } from './support/browser.js';
import { BROWSER } from './support/launch.js';

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

/** A computer that sleeps, or a debugger, stops a page for as long. */
const STOPPED_MS = 2000;

/**
 * Stops the processes that show pages for some time.
 * @param {import('playwright-core').Page} page
 */
async function stopPages(page) {
  const session = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {};
  const ids = processInfo.flatMap(({ type, id }) => (type === 'renderer' ? [id] : []));
  for (const id of ids) process.kill(id, 'SIGSTOP');
  await sleep(STOPPED_MS);
  for (const id of ids) process.kill(id, 'SIGCONT');
  return ids.length;
}

// The program measures its own time and prints it, so that a stop at any moment of the run shows in its output.
test('a run during which the process stood still for two seconds is late, not failed', { skip: BROWSER !== 'chromium' }, () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await playground(page);
    await on.clock('Real time');
    await on.run.click();
    await page.waitForFunction(() => (/** @type {any} */ (document.querySelector('async-playground')).player?.recording?.length ?? 0) > 0);
    assert.ok((await stopPages(page)) > 0, 'there is a process to stop');
    await page.locator(OVER).waitFor();
    const summary = (await on.summary.textContent()) ?? '';
    assert.ok(Number(/^Ran (\d+) ms late on this device\. Not judged on time\.$/.exec(summary)?.[1]) >= STOPPED_MS / 2, summary);
    assert.equal(await on.state(), 'watched');
    assert.equal(await on.host.locator('.rules [data-state="failed"]').count(), 0);
  }));

test('a mistake in real time is shown, also where the page is busy', () =>
  site.page('ttl-cache/?program=check-then-fetch&clock=real', async (page) => {
    const on = await playground(page);
    await keepBusy(page, 60);
    await on.run.click();
    await on.until('mistake-shown');
  }));
