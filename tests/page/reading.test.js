// The pages as they are read: without script, by keyboard alone, on a narrow screen, with storage refused.

import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { MOVING, playground, openSite } from './support/browser.js';
import { LONG, solve } from './support/editor.js';
import { EXERCISES, SAMPLE } from './support/exercises.js';
import { BROWSER } from './support/launch.js';
import { refused } from './support/refused.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

test('the index has a card for each exercise, and each leads to its page', () =>
  site.page('', async (page) => {
    const cards = page.locator('.card');
    assert.equal(await cards.count(), EXERCISES.length);
    const links = await cards.locator('a').evaluateAll((found) => found.map((link) => link.getAttribute('href')));
    assert.deepEqual(links, EXERCISES.map(({ slug }) => `${slug}/`));
    for (const card of await cards.all()) {
      assert.match((await card.locator('.number').textContent()) ?? '', /^\d\d$/);
      assert.match((await card.locator('.benefit').innerText()).trim(), /^[A-Z].*\.$/s);
    }
    assert.deepEqual(await page.locator('h2.level').allTextContents(), ['Easy', 'Medium', 'Hard']);
    const title = await cards.last().locator('a').textContent();
    await cards.last().locator('a').click();
    assert.equal(await page.locator('h1').textContent(), title);
  }));

for (const { slug } of SAMPLE) {
  test(`${slug}: everything but the run can be read without script`, () =>
    site.page(
      `${slug}/`,
      async (page) => {
        const text = (/** @type {string} */ selector) => page.locator(selector).innerText();
        assert.equal(await page.locator('async-playground[data-state]').count(), 0, 'no script has run');
        await page.locator('.statement .more > summary').click();
        assert.ok((await text('.statement')).length > 200, 'a statement');
        assert.ok((await text('.notes .prose')).length > 100, 'notes');
        assert.ok((await text('.fallback .output')).trim() !== '', 'the expected output');
        const hints = await page.locator('.hints details').all();
        assert.equal(hints.length, 3);
        for (const hint of hints) {
          await hint.locator('summary').click();
          assert.ok((await hint.locator('.prose').innerText()).length > 10);
        }
        assert.match(await page.locator('.sources pre').innerText(), /\bfn\b/);
        assert.ok((await page.locator('.pager a').count()) >= 1);
        await assertFits(page, slug);
        const links = await page.locator('.sources a').evaluateAll((found) => found.map((link) => /** @type {HTMLAnchorElement} */ (link).href));
        assert.ok(links.some((link) => link.endsWith(`/${slug}/mistakes/`)));
        for (const link of links) {
          assert.equal((await page.goto(link))?.status(), 200);
          for (const source of await page.locator('.sources pre').all()) assert.match(await source.innerText(), /\bfn\b/);
          assert.ok((await page.locator(`main a[href$="/${slug}/"]`).count()) > 0, 'it leads back');
          await assertFits(page, link);
        }
      },
      { javaScriptEnabled: false },
    ));
}

test('hints come one at a time', () =>
  site.page('ttl-cache/', async (page) => {
    await playground(page);
    await page.locator('.statement .more > summary').click();
    const visible = () => page.locator('.hints details:visible').count();
    assert.equal(await visible(), 1);
    await page.locator('.hints summary').nth(0).click();
    await page.locator('.hints details').nth(1).waitFor();
    assert.equal(await visible(), 2);
    await page.locator('.hints summary').nth(1).click();
    await page.locator('.hints details').nth(2).waitFor();
    assert.equal(await visible(), 3);
  }));

// WebKitGTK's own window is not narrower.
const WIDTHS = { chromium: [320, 360, 768], webkit: [447] }[BROWSER] ?? [320];

for (const width of WIDTHS) {
  test(`no page scrolls sideways at ${width} px, before and after a run`, () =>
    site.page(
      '',
      async (page) => {
        await assertFits(page, 'catalogue');
        for (const { slug } of EXERCISES) {
          await page.goto(`${site.url}${slug}/`);
          const on = await playground(page);
          await on.openSettings();
          await assertFits(page, slug);
          await on.clock('Simulated');
          await on.run.click();
          await on.until('watched');
          await assertFits(page, `${slug} after a run`);
        }
      },
      { viewport: { width, height: 740 } },
    ));
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} what
 */
async function assertFits(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `${what} is ${over} px too wide`);
}

test('by keyboard alone: skip, choose a clock, change a setting, run, and out at the end, always with a visible focus', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    const focus = () =>
      page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        if (element === null || element === document.body) return null;
        // A radio button draws its focus on the label's text, a card's link on the card.
        const drawn = [element, element.nextElementSibling, element.closest('.card')].some(
          (it) => it !== null && getComputedStyle(it).outlineStyle !== 'none',
        );
        const name = element.getAttribute('aria-label') ?? element.textContent?.trim();
        return { tag: element.localName, type: element.getAttribute('type'), name, drawn };
      });
    /** @param {(at: NonNullable<Awaited<ReturnType<typeof focus>>>) => boolean} wanted */
    const tabTo = async (wanted) => {
      for (let presses = 0; presses < 80; presses += 1) {
        await page.keyboard.press('Tab');
        const at = await focus();
        assert.ok(at?.drawn, `the focus cannot be seen on ${JSON.stringify(at)}`);
        if (at !== null && wanted(at)) return at;
      }
      return assert.fail('never got there');
    };
    const first = await tabTo(() => true);
    assert.equal(first.name, 'Skip to content');
    await page.keyboard.press('Enter');
    await tabTo(({ name }) => name === 'Run');
    await tabTo(({ name }) => name === 'More');
    await page.keyboard.press('Enter');
    await tabTo(({ type }) => type === 'radio');
    await page.keyboard.press('ArrowRight');
    assert.equal(await on.host.getByRole('radio', { name: 'Real time' }).isChecked(), true);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await on.host.getByRole('radio', { name: 'Simulated' }).isChecked(), true);
    await tabTo(({ type }) => type === 'number');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    while ((await focus())?.name !== 'Run') await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await on.until('watched');
    assert.equal((await focus())?.name, 'Run', 'the focus stays when a run is over');
    await tabTo(({ tag, name }) => tag === 'a' && (name ?? '').startsWith('Next'));
  }));

test('the headline counts the exercises, and the run beside it is played on demand', () =>
  site.page(
    '',
    async (page) => {
      assert.equal(await page.locator('h1').textContent(), 'Eleven things that go wrong in async services. See each happen, then fix it.');
      const [drawing, bars] = [page.locator('.stampede .wide svg'), page.locator('.stampede .wide path.use')];
      const whole = await bars.count();
      assert.ok(whole >= 2, 'the fetch that is right, and those that are not');
      await page.getByRole('button', { name: 'Play it' }).click();
      await drawing.locator('.head-line').waitFor({ state: 'attached' });
      // While it is played it grows to what it was.
      await page.waitForFunction((whole) => document.querySelectorAll('.stampede .wide path.use').length >= whole, whole);
      await drawing.locator('text.rule').first().waitFor();
      await page.getByRole('link', { name: 'Open this mistake' }).click();
      const on = await playground(page);
      assert.equal(await on.chosen(), 'check-then-fetch');
      await on.until('mistake-shown');
    },
    MOVING,
  ));

test('the index says how many exercises have been solved, and leads on', () =>
  site.page('', async (page) => {
    const summary = page.locator('progress-summary');
    assert.equal(await summary.innerText(), 'Start: Async request handler');
    await page.evaluate(() => localStorage.setItem('async-playground:solved', JSON.stringify(['request-handler', 'concurrent-requests', 'ttl-cache'])));
    await page.reload();
    await summary.getByText('3 of 11 solved').waitFor();
    await summary.getByRole('link', { name: 'Continue: Background task' }).click();
    await page.getByRole('heading', { name: 'Background task', level: 1 }).waitFor();
    await page.evaluate((slugs) => localStorage.setItem('async-playground:solved', JSON.stringify(slugs)), EXERCISES.map(({ slug }) => slug));
    await page.goto(site.url);
    await summary.getByText('11 of 11 solved').waitFor();
    assert.equal(await summary.getByRole('link').count(), 0);
  }));

test('what has been solved is marked in the catalogue, and stays marked; to watch solves nothing', LONG, () =>
  site.page('request-id/', async (page) => {
    const on = await playground(page);
    await on.run.click();
    await on.until('watched');
    await page.goto(`${site.url}ttl-cache/`);
    await solve(page, 'ttl-cache');
    await page.goto(site.url);
    const mark = (/** @type {string} */ slug) => page.locator(`progress-mark[exercise="${slug}"]`);
    assert.equal(await mark('ttl-cache').innerText(), 'solved');
    assert.equal(await mark('request-id').isVisible(), false);
    await page.reload();
    assert.equal(await mark('ttl-cache').isVisible(), true);
  }));

test('the mark of a solved exercise stands in the line of its title, and moves no picture in the catalogue', () =>
  site.page('', async (page) => {
    await page.evaluate(() => localStorage.setItem('async-playground:solved', '["ttl-cache", "health-check"]'));
    await page.reload();
    await page.locator('progress-mark[exercise="health-check"][data-done]').waitFor();
    const tops = await page.locator('.cards').first().locator('.card .picture').evaluateAll((pictures) => pictures.map((one) => one.getBoundingClientRect().top));
    assert.deepEqual(tops, tops.map(() => tops[0]));
    await page.goto(`${site.url}ttl-cache/`);
    await page.locator('progress-mark[data-done]').waitFor();
    const [title = 0, mark = 1e3, word = 0, icon = 0] = await page.evaluate(() =>
      ['h1', 'progress-mark', 'progress-mark span', 'progress-mark svg'].map((part) => {
        const { top, height } = /** @type {Element} */ (document.querySelector(part)).getBoundingClientRect();
        return part.endsWith('svg') ? height : top + height / 2;
      }),
    );
    assert.ok(Math.abs(title - mark) <= 3, `${title} and ${mark}`);
    assert.ok(Math.abs(word - mark) <= 1 && icon <= 16, `a mark of ${icon} pixels`);
  }));

test('storage that is refused stops nothing', LONG, () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      await solve(page, 'ttl-cache');
      assert.equal(await page.locator('progress-mark').innerText(), 'solved');
    },
    { init: refused },
  ));

test('an unknown exercise is reported in its place, and the text there stays', () =>
  site.page('ttl-cache/', async (page) => {
    await playground(page);
    await page.evaluate(() => {
      const other = document.createElement('async-playground');
      other.setAttribute('exercise', '<b>nope</b>');
      other.textContent = 'what stood there';
      other.id = 'other';
      document.querySelector('main')?.append(other);
    });
    const other = page.locator('#other');
    assert.match(await other.getByRole('alert').innerText(), /Unknown exercise "<b>nope<\/b>"/);
    assert.ok(await other.getByText('what stood there').isVisible());
  }));

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`text and marks have enough contrast, ${colorScheme}`, () =>
    site.page(
      'concurrent-requests/',
      async (page) => {
        const on = await playground(page);
        await on.clock('Simulated');
        await on.run.click();
        await on.until('watched');
        const poor = await page.evaluate(() => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          /** @type {(colour: string) => number[]} */
          const channels = (colour) => {
            if (canvas === null) return [0, 0, 0, 0];
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            return [...canvas.getImageData(0, 0, 1, 1).data];
          };
          const luminance = (/** @type {number[]} */ rgb) =>
            [0.2126, 0.7152, 0.0722].reduce((sum, weight, index) => {
              const part = (rgb[index] ?? 0) / 255;
              return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            }, 0);
          /** @type {(element: Element | null) => number[]} */
          const ground = (element) => {
            if (element === null) return [255, 255, 255, 255];
            const colour = channels(getComputedStyle(element).backgroundColor);
            if ((colour[3] ?? 0) > 250) return colour;
            const root = element.getRootNode();
            return ground(element.parentElement ?? (root instanceof ShadowRoot ? root.host : null));
          };
          const poor = new Set();
          const look = (/** @type {ParentNode} */ from) => {
            for (const element of from.querySelectorAll('*')) {
              if (element.shadowRoot) look(element.shadowRoot);
              const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
              const visible = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
              if (!own || !visible || element.closest(':disabled, .speed, .visually-hidden, .skip')) continue;
              const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))].sort((x, y) => y - x);
              const ratio = ((a ?? 0) + 0.05) / ((b ?? 0) + 0.05);
              if (ratio < 4.5) poor.add(`${element.localName}.${element.className} ${ratio.toFixed(2)}`);
            }
          };
          look(document);
          return [...poor];
        });
        assert.deepEqual(poor, []);
      },
      { colorScheme },
    ));
}

test('what is solved in one tab is marked in the others, and none forgets what another has marked', LONG, () =>
  site.page('', async (page) => {
    const other = await page.context().newPage();
    const tabs = /** @type {const} */ ([[other, 'ttl-cache'], [page, 'request-id']]);
    for (const [tab, slug] of tabs) await tab.goto(`${site.url}${slug}/`);
    for (const [tab, slug] of tabs) await solve(tab, slug);
    await other.goto(site.url);
    for (const slug of ['ttl-cache', 'request-id']) await other.locator(`progress-mark[exercise="${slug}"][data-done]`).waitFor();
    await page.goto(`${site.url}health-check/`);
    await solve(page, 'health-check');
    await other.locator('progress-mark[exercise="health-check"][data-done]').waitFor();
  }));

test('a time chosen by keys is chosen, whatever text is marked, and keeps the focus when its row changes', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    await on.clock('Simulated');
    await on.run.click();
    await on.until('watched');
    await page.locator('playground-picture').first().waitFor();
    await page.evaluate(() => getSelection()?.selectAllChildren(/** @type {Node} */ (document.querySelector('h1'))));
    const time = on.host.locator('tr[data-line] button').first();
    await time.focus();
    await page.keyboard.press('Enter');
    await on.host.locator('tr[data-chosen]').waitFor();
    await page.keyboard.press('ArrowDown');
    const focus = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className);
    assert.equal(await focus(), 'at');
    // The last line is not there before the end, so its row and the marks of the others change.
    await on.host.evaluate((/** @type {any} */ host) => host.player.seek(host.player.length - 4));
    assert.equal(await focus(), 'at');
  }));

test('the page for unknown addresses works at any depth: its own addresses start at the root of the host', async () => {
  const dist = new URL('../../dist/', import.meta.url);
  const html = await readFile(new URL('404.html', dist), 'utf8');
  const addresses = [...html.matchAll(/ (?:href|src)="([^"#]+)"/g)].map(([, address = '']) => address);
  assert.ok(addresses.length >= 5);
  for (const address of addresses) {
    assert.match(address, /^\//);
    await stat(new URL(`.${address}`, dist));
  }
});
