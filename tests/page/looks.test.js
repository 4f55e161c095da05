// On paper, magnified, and on the narrowest screen nothing of the page is lost.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { MOVING, playground, openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { BROWSER } from './support/launch.js';
import { ran } from './support/player.js';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

test('on paper there are statement, output, timeline and rules, and nothing to press', () =>
  site.page('circuit-breaker/', async (page) => {
    await ran(page);
    await page.emulateMedia({ media: 'print' });
    for (const part of ['.statement', 'playground-output table', 'playground-picture .axis', 'playground-picture .sheet', 'playground-rules ul']) {
      assert.ok(await page.locator(part).first().isVisible(), part);
    }
    assert.deepEqual(await page.locator('async-playground').locator('button:visible:not(.at), select:visible, input:visible').allTextContents(), []);
    const [pane, sheet] = await Promise.all(['.pane', '.sheet'].map((part) => page.locator(part).first().evaluate((found) => found.getBoundingClientRect().height)));
    assert.ok((pane ?? 0) >= (sheet ?? 0), 'the whole timeline, not a window on it');
    assert.ok((await page.pdf({ format: 'A4' })).length > 10_000);
  }));

for (const { slug } of EXERCISES) {
  test(`${slug}: title, statement, picture, output and rules are on at most two sheets of paper, before and after a run`, { skip: BROWSER !== 'chromium' }, () =>
    site.page(`${slug}/`, async (page) => {
      const pages = async () => /\/Type\s*\/Pages\b[^>]*\/Count (\d+)/.exec((await page.pdf({ format: 'A4' })).toString('latin1'))?.[1];
      await page.locator('async-playground[data-state="before"]').waitFor();
      assert.match((await pages()) ?? '', /^[12]$/, 'before a run');
      await ran(page);
      assert.match((await pages()) ?? '', /^[12]$/, 'after a run');
      await page.emulateMedia({ media: 'print' });
      const seen = ['h1', '.statement', 'playground-picture .sheet', 'playground-output table', 'playground-rules li'];
      for (const part of seen) assert.ok(await page.locator(part).first().isVisible(), part);
      for (const part of ['.sources', '.notes', 'nav']) assert.equal(await page.locator(part).first().isVisible(), false, part);
      assert.deepEqual(await page.locator('playground-rules li').evaluateAll((rules) => rules.filter((rule) => !rule.checkVisibility()).length), 0, 'each rule is there');
    }));
}

/**
 * What sticks out of the page or of the playground, or lies under something else.
 * @param {Page} page
 */
const lost = (page) =>
  page.evaluate(() => {
    const wrong = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
    const root = /** @type {ShadowRoot} */ (document.querySelector('async-playground')?.shadowRoot);
    const playground = /** @type {Element} */ (root.querySelector('.playground')).getBoundingClientRect();
    for (const control of root.querySelectorAll('button, select, input, summary')) {
      // A radio button is its label, which is beside it.
      if (!control.checkVisibility() || control.matches('[type="radio"], :disabled')) continue;
      control.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { left, right, top, bottom } = control.getBoundingClientRect();
      const name = `${control.localName} ${control.getAttribute('aria-label') ?? control.textContent?.trim()}`;
      if (left < playground.left - 0.5 || right > playground.right + 0.5) wrong.push(`${name} sticks out`);
      for (const x of [left + 3, right - 3]) {
        const on = root.elementFromPoint(x, (top + bottom) / 2);
        if (on !== null && !control.contains(on) && !on.contains(control)) wrong.push(`${name} lies under ${on.localName}`);
      }
    }
    return wrong;
  });

// A window of 1440 by 900, magnified to 200 %, is one of 720 by 450.
for (const [what, viewport] of /** @type {const} */ ([['200 % zoom', { width: 720, height: 450 }], ['320 px', { width: 320, height: 640 }]])) {
  for (const { slug } of EXERCISES) {
    test(`${slug}, ${what}: every control is in its place, before and after a run`, () =>
      site.page(
        `${slug}/`,
        async (page) => {
          const on = await playground(page);
          await on.openSettings();
          assert.deepEqual(await lost(page), [], 'before');
          await on.program(1);
          await ran(page);
          assert.deepEqual(await lost(page), [], 'after');
        },
        { viewport },
      ));
  }
}

test('320 px: the controls for interference are in their place', () =>
  site.page(
    'full-service/?setting.fetch_ms=2000&setting.timeout_ms=4000',
    async (page) => {
      const on = await playground(page);
      await on.run.click();
      await on.host.getByRole('button', { name: 'Take the backend down' }).waitFor();
      assert.deepEqual(await lost(page), []);
    },
    { viewport: { width: 320, height: 640 } },
  ));

test('code in the words of a rule and of a mistake is code', () =>
  site.page('full-service/', async (page) => {
    const on = await playground(page);
    assert.equal(await page.locator('[data-rule="breaker"] p code').first().textContent(), 'not found');
    await on.program('not-found-trips');
    await page.locator('.about code').first().waitFor();
    assert.deepEqual(await page.locator('.about code').allTextContents(), ['not found', 'except Exception: breaker.failed()']);
    // Programs have backticks of their own.
    const words = await on.host.locator('.rules, .about, .summary, .note').allTextContents();
    assert.ok(words.length > 3, 'there are words');
    assert.doesNotMatch(words.join(' '), /`/);
  }));

for (const width of [360, 768, 1440]) {
  test(`${width} px: nothing moves when a run starts or when its verdict comes`, () =>
    site.page(
      'ttl-cache/',
      async (page) => {
        const on = await playground(page);
        const place = () => on.host.locator('playground-output').evaluate((found) => found.getBoundingClientRect().top + scrollY);
        const before = await place();
        await on.run.click();
        await on.until('running');
        assert.equal(await place(), before, 'running');
        await on.until('watched');
        assert.equal(await place(), before, 'passed');
      },
      { ...MOVING, viewport: { width, height: 900 } },
    ));
}

test('a choice is visible with forced colours', () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      const on = await ran(page);
      await on.host.locator('tr[data-line] button').first().click();
      await page.locator('.source .line[data-marked]').waitFor();
      for (const part of ['.clock input:checked + span', 'tr[data-chosen]', '.source .line[data-marked]']) {
        const { outline, ground } = await page.locator(part).evaluate((found) => {
          const { outlineStyle, outlineColor, outlineWidth, backgroundColor } = getComputedStyle(found);
          return { outline: [outlineStyle, outlineColor !== backgroundColor, outlineWidth !== '0px'], ground: backgroundColor };
        });
        assert.deepEqual(outline, ['solid', true, true], `${part} on ${ground}`);
      }
    },
    { forcedColors: 'active' },
  ));

/**
 * The smallest text that is in sight outside of pictures, and in them, in pixels of the screen.
 * @param {Page} page
 */
const smallest = (page) =>
  page.evaluate(() => {
    const found = { text: { size: Infinity, of: '' }, picture: { size: Infinity, of: '' } };
    const look = (/** @type {Document | ShadowRoot} */ root) => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot !== null) look(element.shadowRoot);
        const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '');
        if (!own || !element.checkVisibility() || element.closest('script, style, title, .visually-hidden, noscript') !== null) continue;
        const scale = element instanceof SVGGraphicsElement ? (element.getScreenCTM()?.a ?? 1) : 1;
        const size = Math.round(Number.parseFloat(getComputedStyle(element).fontSize) * scale * 10) / 10;
        const least = element instanceof SVGElement ? found.picture : found.text;
        if (size < least.size) Object.assign(least, { size, of: `${element.localName}.${element.getAttribute('class')}: ${element.textContent?.trim().slice(0, 40)}` });
      }
    };
    look(document);
    return found;
  });

for (const path of ['', 'embed/', 'patterns/', 'patterns/pool/', 'ttl-cache/mistakes/', ...EXERCISES.map(({ slug }) => `${slug}/`)]) {
  test(`/${path}: text has at least 14 px, in a picture 13`, () =>
    site.page(
      path,
      async (page) => {
        const check = async (/** @type {string} */ when) => {
          const { text, picture } = await smallest(page);
          assert.ok(text.size >= 14, `${when}: ${text.size} px, ${text.of}`);
          assert.ok(picture.size >= 13, `${when}: ${picture.size} px in the picture, ${picture.of}`);
        };
        if (!EXERCISES.some(({ slug }) => path === `${slug}/`)) return check('there');
        const on = await playground(page);
        await check('before a run');
        await on.program(1);
        await ran(page);
        await on.openTools();
        await on.openMore();
        await page.getByText('Picture as a table').first().click();
        await check('after a run');
      },
      { viewport: { width: 1440, height: 900 } },
    ));
}
