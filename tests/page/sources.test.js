// From the timeline to the source: also where it is on another page, as that of the mistakes is.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { playground, openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { ran } from './support/player.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

for (const { slug } of EXERCISES) {
  test(`${slug}: a line of each mistake shows its place in the source, on the same page`, () =>
    site.page(`${slug}/`, async (page) => {
      const on = await playground(page);
      const programs = await on.host.locator('.card').evaluateAll((found) => found.map((card) => /** @type {HTMLButtonElement} */ (card).value));
      for (const program of programs) {
        await on.choose(program);
        await ran(page);
        // Every place that the run names is on this page, or comes when it is asked for; but the one where main begins.
        const [files, known] = await page.evaluate(() => {
          const { events } = /** @type {any} */ (document.querySelector('async-playground')).player.recording;
          const files = [...new Set(events.slice(1).flatMap((/** @type {any} */ event) => event.file ?? []))];
          return [files, document.querySelector('.sources')?.getAttribute('data-files')?.split(' ') ?? []];
        });
        assert.deepEqual(files.filter((file) => !known.includes(file)), [], program);
        await page.locator('tr[data-line] button').last().click();
        const show = on.host.getByRole('button', { name: /^Show .*, line \d+$/ });
        const [, file = '', line] = /^Show (.*), line (\d+)$/.exec((await show.textContent()) ?? '') ?? [];
        await show.click();
        const marked = page.locator('.sources .line[data-marked]');
        await marked.waitFor();
        assert.equal(await marked.count(), 1);
        const place = await marked.evaluate((found) => [...found.parentElement?.children ?? []].indexOf(found) + 1);
        assert.equal(String(place), line);
        const panel = page.locator('.sources details[open]').filter({ has: page.locator('.line[data-marked]') });
        assert.ok((await panel.locator('summary').textContent())?.endsWith(`/${file}`), `${program}: ${file}`);
      }
      const panels = await page.locator('.sources summary').allTextContents();
      assert.equal(new Set(panels).size, panels.length, 'each source is there once');
    }));
}

test('the source of the mistakes is loaded with the first choice that needs it', () =>
  site.page('middleware-chain/', async (page) => {
    /** @type {string[]} */
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const on = await ran(page);
    await page.locator('tr[data-line] button').last().click();
    await page.locator('.sources .line[data-marked]').waitFor({ state: 'attached' });
    assert.deepEqual(asked.filter((path) => path.includes('mistakes')), []);
    await on.choose('without-finally');
    await ran(page);
    await page.locator('tr[data-line] button').first().click();
    await page.locator('.sources summary', { hasText: 'mistakes.rs' }).waitFor();
    assert.equal(asked.filter((path) => path.includes('mistakes')).length, 1);
  }));

test('where it does not come, nothing is marked, and the next choice asks again', () =>
  site.page(
    'middleware-chain/',
    async (page) => {
      await page.route('**/mistakes/', (route) => route.abort());
      const on = await playground(page);
      await on.choose('without-finally');
      await ran(page);
      const failed = page.waitForEvent('requestfailed');
      await page.locator('tr[data-line] button').first().click();
      await failed;
      assert.equal(await page.locator('.sources .line[data-marked]').count(), 0);
      await page.unroute('**/mistakes/');
      await page.locator('tr[data-line] button').nth(1).click();
      await page.locator('.sources .line[data-marked]').waitFor({ state: 'attached' });
    },
    { trouble: true },
  ));

test('an event that breaks a rule is a button: it moves the cursor there and chooses its task', () =>
  site.page('circuit-breaker/', async (page) => {
    const on = await playground(page);
    await on.choose('no-breaker');
    const replay = await ran(page);
    const broke = page.locator('.rules li[data-state="failed"] .broke button');
    await broke.first().waitFor();
    const count = await broke.count();
    assert.ok(count > 1);
    const seq = Number(await broke.first().getAttribute('value'));
    await broke.first().focus();
    await page.keyboard.press('Enter');
    assert.equal(await replay.cursor(), seq + 1);
    assert.match((await page.locator('.said').textContent()) ?? '', /^Caller 1/);
    await page.locator('.sheet .chosen-lane').waitFor();
    const focused = () => page.evaluate(() => /** @type {HTMLButtonElement | null} */ (document.activeElement?.shadowRoot?.activeElement ?? null)?.value);
    assert.equal(await focused(), String(seq), 'the focus stays');
    // The rule is not broken yet at the first of its events; the others are still there to go to.
    const again = page.locator('.rules .broke button');
    assert.ok((await again.count()) >= count);
    await again.last().click();
    assert.equal(await replay.cursor(), Number(await again.last().getAttribute('value')) + 1);
  }));
