// The size `picture`: Run, the picture and the verdict, 420 px high before, during and after a run.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { MOVING, openSite } from './support/browser.js';
import { serveLessons } from './support/lessons.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {Awaited<ReturnType<typeof serveLessons>>} */
let lessons;
before(async () => {
  site = await openSite();
  const page = (/** @type {string} */ script, /** @type {string} */ body) => ({
    html: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Lesson</title><script type="module" src="${site.url}${script}.js"></script><body>${body}`,
  });
  lessons = await serveLessons(() => ({
    '/element': page('playground', '<async-playground exercise="ttl-cache" program="check-then-fetch" size="picture" show="rules"></async-playground>'),
    '/wrong': page('playground', '<async-playground exercise="ttl-cache" size="huge"></async-playground>'),
    '/frame': page('embed-host', `<iframe title="Playground" src="${site.url}ttl-cache/?embed&program=check-then-fetch&size=picture" width="100%" height="700" style="border: 0"></iframe>`),
  }));
});
after(async () => {
  await lessons.close();
  await site.close();
});

for (const [where, width] of /** @type {const} */ ([['element', 900], ['element', 360], ['frame', 900], ['frame', 360]])) {
  test(`${where}, ${width} px: 420 px high, and nothing but Run, picture and verdict`, () =>
    site.page(
      `${lessons.url}${where}`,
      async (page) => {
        const inside = where === 'frame' ? page.frameLocator('iframe') : page;
        const host = inside.locator('async-playground');
        const high = () => page.waitForFunction((tag) => document.querySelector(tag)?.getBoundingClientRect().height === 420, where === 'frame' ? 'iframe' : 'async-playground');
        await inside.locator('async-playground[data-state="before"]').waitFor();
        await high();
        await host.getByRole('button', { name: 'Run' }).click();
        await inside.locator('async-playground[data-state="running"]').waitFor();
        await high();
        await inside.locator('async-playground[data-state="mistake-shown"]').waitFor();
        await high();
        await host.locator('playground-picture .sheet').first().waitFor();
        assert.ok(await host.locator('playground-verdict').isVisible(), 'the verdict');
        const controls = await host.locator('button:visible, select:visible, input:visible, summary:visible').allTextContents();
        assert.deepEqual(controls, ['Run', 'Stop']);
        for (const part of ['output', 'rules', 'mistakes', 'settings', 'player']) assert.equal(await host.locator(`[part="${part}"]`).first().isVisible(), false, part);
        const over = await host.evaluate((host) => {
          const panels = /** @type {Element} */ (host.shadowRoot?.querySelector('.panels')).getBoundingClientRect();
          return [panels.bottom - host.getBoundingClientRect().bottom, panels.height];
        });
        assert.ok((over[0] ?? 1) <= 0 && (over[1] ?? 0) > 240, `${over}`);
      },
      { ...MOVING, viewport: { width, height: 900 } },
    ));
}

test('another size is refused in words', () =>
  site.page(`${lessons.url}wrong`, async (page) => {
    await page.locator('async-playground .refusal', { hasText: 'Size must be one of full, picture, not "huge"' }).waitFor();
  }));
