// Presenting: a run for an audience fills the window, in large text, and is led by keys.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { MOVING, openSite, playground } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { serveLessons } from './support/lessons.js';
import { ran } from './support/player.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/** @param {import('playwright-core').Page | import('playwright-core').FrameLocator} page */
function presenting(page) {
  const dialog = page.locator('dialog.presenting[open]');
  return {
    dialog,
    caption: dialog.locator('.caption'),
    title: dialog.locator('h3'),
    drawn: () => dialog.locator('svg .step').first().waitFor({ state: 'attached' }),
    /** The size of words in the picture, and by how much it is higher than its place, in pixels. */
    sizes: () =>
      dialog.locator('.stage').evaluate((stage) => {
        const svg = /** @type {SVGSVGElement} */ (stage.querySelector('svg'));
        return { words: (13 * svg.width.baseVal.value) / svg.viewBox.baseVal.width, over: stage.scrollHeight - stage.clientHeight };
      }),
  };
}

test('P presents the run that is there: arrows step, space plays, Escape leaves', () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      const on = await ran(page);
      const length = await on.length();
      await on.speed('slow');
      await page.locator('h1').click();
      await page.keyboard.press('p');
      const shown = presenting(page);
      await shown.drawn();
      await shown.caption.getByText('Watched: ').waitFor();
      const { width, height } = (await shown.dialog.boundingBox()) ?? {};
      assert.deepEqual([width, height], [1280, 900]);
      assert.equal(await shown.caption.evaluate((found) => getComputedStyle(found).fontSize), '28px');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('PageUp');
      assert.equal(await on.cursor(), length - 2);
      await shown.caption.getByText(/^\d+ ms: /).waitFor();
      // One by one, events have the same width.
      await shown.dialog.locator('svg text', { hasText: /^step$/ }).waitFor();
      await page.keyboard.press('ArrowRight');
      assert.equal(await on.cursor(), length - 1);
      await on.scrub(0);
      await page.keyboard.press('Space');
      await shown.dialog.getByRole('button', { name: 'Pause' }).waitFor();
      await page.keyboard.press('Space');
      await shown.dialog.getByRole('button', { name: 'Play' }).waitFor();
      await page.keyboard.press('Escape');
      await shown.dialog.waitFor({ state: 'detached' });
      assert.equal(await page.evaluate(() => document.fullscreenElement), null);
    },
    MOVING,
  ));

test('N runs each mistake in turn, with the settings that show it, and then the correct program', () =>
  site.page('ttl-cache/?present', async (page) => {
    const on = await playground(page);
    const shown = presenting(page);
    await shown.caption.getByText('Watched: ').waitFor();
    const titles = [await shown.title.textContent()];
    const programs = await on.host.locator('.card').count();
    for (let press = 0; press < programs; press += 1) {
      await page.keyboard.press('n');
      await page.waitForFunction((/** @type {any} */ before) => {
        const root = document.querySelector('async-playground')?.shadowRoot;
        return root?.querySelector('.presenting h3')?.textContent !== before && /shown|Watched|show here/.test(root?.querySelector('.caption')?.textContent ?? '');
      }, titles.at(-1));
      titles.push(await shown.title.textContent());
      // Cached errors show only if a fetch fails.
      if (titles.at(-1)?.endsWith('Cache the error')) await shown.caption.getByText('Mistake shown').waitFor();
    }
    assert.equal(titles.at(-1), titles[0], 'round again');
    assert.equal(new Set(titles).size, programs);
  }));

for (const { slug } of EXERCISES) {
  test(`${slug}: the whole picture of the correct run is in sight, in words of 28 px where there is room`, () =>
    site.page(
      `${slug}/?present`,
      async (page) => {
        const shown = presenting(page);
        await shown.caption.getByText('Watched: ').waitFor();
        const { words, over } = await shown.sizes();
        assert.ok(words > 27.5 && words < 28.5, `words of ${words} px`);
        assert.ok(over <= 0, `${over} px are out of sight`);
      },
      { viewport: { width: 1920, height: 1080 } },
    ));
}

test('a press fills the screen, and to leave the screen is to leave', () =>
  site.page('health-check/', async (page) => {
    await ran(page);
    await page.locator('h1').click();
    await page.keyboard.press('P');
    const shown = presenting(page);
    await shown.drawn();
    assert.equal(await page.evaluate(() => document.fullscreenElement?.localName), 'html');
    await page.evaluate(() => document.exitFullscreen());
    await shown.dialog.waitFor({ state: 'detached' });
  }));

test('in a frame it fills the frame, and as an element of another page the window', async () => {
  const lessons = await serveLessons(() => ({
    '/frame': { html: `<!doctype html><html lang="en"><title>Lesson</title><iframe title="Playground" src="${site.url}ttl-cache/?embed&present" width="800" height="600"></iframe>` },
    '/element': { html: `<!doctype html><html lang="en"><title>Lesson</title><script type="module" src="${site.url}playground.js"></script><async-playground exercise="ttl-cache"></async-playground>` },
  }));
  try {
    await site.page(`${lessons.url}frame`, async (page) => {
      const shown = presenting(page.frameLocator('iframe'));
      await shown.caption.getByText('Watched: ').waitFor();
      assert.equal((await shown.dialog.boundingBox())?.width, 800);
      // Chromium warns on the console: in a frame that was never clicked, a dialog does not get the focus.
    }, { trouble: true });
    await site.page(`${lessons.url}element`, async (page) => {
      const on = await playground(page);
      await page.evaluate(() => document.addEventListener('keydown', ({ key }) => void (document.title = key)));
      await on.run.focus();
      await page.keyboard.press('p');
      const shown = presenting(page);
      await shown.caption.getByText('Watched: ').waitFor();
      await page.keyboard.press('ArrowLeft');
      await shown.caption.getByText(/^\d+ ms: /).waitFor();
      assert.equal(await page.title(), 'Lesson', 'no key reaches the page');
    });
  } finally {
    await lessons.close();
  }
});
