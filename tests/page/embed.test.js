// The page on embedding: what is chosen is seen at once, stands in both tags, and these do what they say.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openSite } from './support/browser.js';
import { serveLessons } from './support/lessons.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/** Waits for the element and for the tags. @param {import('playwright-core').Page} page */
async function there(page) {
  await page.locator('async-playground[data-state="before"]').waitFor();
  await page.locator('[data-tag="frame"]', { hasText: site.url }).waitFor();
}

test('the tags contain the choices, and behave as the preview does', () =>
  site.page('', async (page) => {
    await page.getByRole('link', { name: 'Embed an exercise in your own page' }).click();
    const live = page.locator('embed-form async-playground');
    await there(page);
    const tag = async (/** @type {string} */ name) => (await page.locator(`[data-tag="${name}"]`).textContent()) ?? '';
    assert.equal(await tag('element'), `<script type="module" src="${site.url}playground.js"></script>\n<async-playground exercise="ttl-cache"></async-playground>`);
    await page.getByLabel('Exercise').selectOption('circuit-breaker');
    await page.locator('form option[value="correct"] + option').waitFor({ state: 'attached' });
    await page.locator('form [name="clock"]').selectOption('real');
    await page.locator('form [name="speed"]').selectOption('slow');
    await page.locator('form [name="settings"]').fill('threshold=4');
    await page.locator('form [name="theme"]').selectOption('dark');
    for (const name of ['program', 'settings']) await page.locator(`form [name="lock"][value="${name}"]`).check();
    await page.locator('form [name="show"][value="prose"]').check();
    await page.locator('form [name="show"][value="picture"]').uncheck();
    const options = 'clock="real" speed="slow" settings="threshold=4" theme="dark" lock="program settings" show="prose rules code"';
    const element = await tag('element');
    assert.ok(element.endsWith(`\n<async-playground exercise="circuit-breaker" ${options}></async-playground>`), element);
    await page.locator('async-playground[exercise="circuit-breaker"][data-state="before"]').waitFor();
    await live.getByText('Hint 1 of 3').waitFor();
    assert.equal(await live.locator('#setting-threshold').inputValue(), '4');
    assert.equal(await live.locator('.refusal').isVisible(), false);
    await page.locator('form [name="settings"]').fill('threshold=none');
    await live.locator('.refusal:not([hidden])').waitFor();
    assert.match((await live.locator('.refusal').textContent()) ?? '', /Setting threshold must be a whole number from 1 to/);
    await page.locator('form [name="settings"]').fill('threshold=4');
    await live.locator('.refusal').waitFor({ state: 'hidden' });
    // Both, on a page of somebody else.
    const frame = await tag('frame');
    const lessons = await serveLessons(() => ({ '/': { html: `<!doctype html><html lang="en"><title>Lesson</title><body>${element}${frame}` } }));
    try {
      await site.page(lessons.url, async (lesson) => {
        await lesson.locator('async-playground[data-state="before"]').waitFor();
        for (const host of [lesson.locator('async-playground'), lesson.frameLocator('iframe').locator('async-playground')]) {
          await host.getByText('Hint 1 of 3').waitFor();
          assert.equal(await host.locator('.refusal').isVisible(), false);
          assert.equal(await host.locator('#setting-threshold').inputValue(), '4');
          assert.equal(await host.locator('#setting-threshold').isDisabled(), true);
          assert.equal(await host.locator('.frame').getAttribute('data-theme'), 'dark');
          await host.getByRole('button', { name: 'Run' }).click();
          await host.locator('playground-verdict[state="watched"]').waitFor();
        }
      });
    } finally {
      await lessons.close();
    }
  }));

test('a tag is copied, or marked where there is no clipboard', () =>
  site.page('embed/', async (page) => {
    await there(page);
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (/** @type {string} */ text) => void Object.assign(globalThis, { text }) } }));
    await page.getByRole('button', { name: 'Copy the frame' }).click();
    await page.getByText('Copied.').waitFor();
    const copied = await page.evaluate(() => Reflect.get(globalThis, 'text'));
    assert.equal(copied, await page.locator('[data-tag="frame"]').textContent());
    await page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))));
    await page.getByRole('button', { name: 'Copy the element' }).click();
    await page.getByText('Selected. Copy it with Ctrl+C.').waitFor();
    assert.equal(await page.evaluate(() => String(getSelection()).trim()), ((await page.locator('[data-tag="element"]').innerText()) ?? '').trim());
  }));

test('the element reports an exercise that does not load, and the form stays as it is', () =>
  site.page(
    'embed/',
    async (page) => {
      await there(page);
      /** @type {string[]} */
      const uncaught = [];
      page.on('pageerror', ({ message }) => uncaught.push(message));
      await page.route(/health-check\.json/, (route) => route.abort());
      await page.getByLabel('Exercise').selectOption('health-check');
      await page.locator('embed-form async-playground').getByRole('alert').waitFor();
      assert.match((await page.locator('[data-tag="element"]').textContent()) ?? '', /exercise="health-check"/);
      assert.deepEqual(uncaught, []);
    },
    { trouble: true },
  ));
