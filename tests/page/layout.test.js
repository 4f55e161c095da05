// The layout of an exercise's page: after a run the picture is in sight, and nothing changes its height while it goes on.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { OVER, MOVING, drawn, openSite, playground } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

for (const { slug } of EXERCISES) {
  test(`${slug}: after Run the picture is inside 1280 x 720 without scrolling`, () =>
    site.page(
      `${slug}/`,
      async (page) => {
        // Not by `playground`, which may scroll.
        await page.locator('async-playground[data-state="before"]').waitFor();
        await page.locator('async-playground').getByRole('button', { name: 'Run', exact: true }).click();
        await page.locator(OVER).waitFor();
        await drawn(page);
        const box = await page.locator('playground-picture .sheet').first().boundingBox();
        assert.ok(box !== null && box.y >= 0 && box.y + box.height <= 720, `from ${box?.y} to ${(box?.y ?? 0) + (box?.height ?? 0)}`);
        assert.equal(await page.evaluate(() => scrollY), 0);
      },
      { viewport: { width: 1280, height: 720 } },
    ));
}

for (const slug of ['connection-pool', 'concurrent-requests']) {
  for (const width of [360, 768, 1280, 1440]) {
    test(`${slug}, ${width} px: the playground is as high before a run as during and after it`, () =>
      site.page(
        `${slug}/`,
        async (page) => {
          const on = await playground(page);
          const height = () => on.host.evaluate((host) => host.getBoundingClientRect().height);
          const first = await height();
          await on.run.click();
          await on.until('running');
          assert.equal(await height(), first, 'running');
          await page.locator('playground-picture .sheet').first().waitFor();
          assert.equal(await height(), first, 'with the picture');
          await on.speed('once');
          await on.until('watched');
          await drawn(page);
          assert.equal(await height(), first, 'passed');
        },
        { viewport: { width, height: 800 }, ...MOVING },
      ));
  }
}

for (const { slug } of EXERCISES) {
  test(`${slug}: at most 30 controls are in sight before anything is opened`, () =>
    site.page(
      `${slug}/`,
      async (page) => {
        const on = await playground(page);
        const count = () =>
          on.host.evaluate((host) => {
            const controls = [...(host.shadowRoot?.querySelectorAll('button, input, select, summary, a[href], textarea') ?? [])];
            // What scrolls inside a panel is in sight once the reader has scrolled there.
            const sighted = controls.filter((control) => {
              const box = control.getBoundingClientRect();
              const root = /** @type {ShadowRoot} */ (host.shadowRoot);
              return control.checkVisibility() && root.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.closest(control.localName) === control;
            });
            return sighted.length;
          });
        const before = await count();
        await on.run.click();
        await page.locator(OVER).waitFor();
        await drawn(page);
        const after = await count();
        assert.ok(before <= 30 && after <= 30, `${before} before a run, ${after} after it`);
      },
      { viewport: { width: 1440, height: 900 } },
    ));
}


test('360 px: each panel is a tab, of the same height, and Run, a rule and its code turn to theirs', () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      const on = await playground(page);
      const seen = async () => {
        const parts = ['program', 'picture', 'output', 'rules'];
        const visible = await Promise.all(parts.map((part) => on.host.locator(`[part="${part}"]`).isVisible()));
        return parts.filter((_, place) => visible[place]).join();
      };
      const tab = (/** @type {string | RegExp} */ name) => on.host.getByRole('group', { name: 'Panels' }).getByRole('button', { name });
      const height = () => on.host.locator('.panels').evaluate((panels) => panels.getBoundingClientRect().height);
      const first = await height();
      assert.equal(await seen(), 'picture');
      for (const [name, part] of /** @type {const} */ ([['Program', 'program'], ['Output', 'output'], ['Rules', 'rules']])) {
        await tab(name).click();
        assert.equal(await seen(), part);
        assert.equal(await height(), first);
      }
      await on.run.click();
      await on.until('watched');
      assert.equal(await seen(), 'picture');
      await on.program('check-then-fetch');
      await on.until('mistake-shown');
      await tab(/^Rules \d$/).click();
      await on.host.locator('.broke button').first().click();
      assert.equal(await seen(), 'picture');
      await on.host.getByRole('button', { name: 'Its code' }).click();
      await on.host.locator('[part="program"]').waitFor();
      assert.equal(await seen(), 'program');
    },
    { viewport: { width: 360, height: 740 } },
  ));

for (const { slug } of EXERCISES) {
  test(`${slug}: the press of a mistake's card shows the rule that it breaks, in the picture and in sight`, () =>
    site.page(
      `${slug}/`,
      async (page) => {
        const on = await playground(page);
        await on.program(1);
        await on.until('mistake-shown');
        const rule = page.locator('playground-player > playground-picture .sheet text.rule').first();
        await rule.waitFor();
        await page.waitForFunction(() => {
          const root = /** @type {ShadowRoot} */ (document.querySelector('async-playground')?.shadowRoot);
          const [pane, rule] = ['.pane', '.sheet text.rule'].map((part) => root.querySelector(`playground-player > playground-picture ${part}`)?.getBoundingClientRect());
          return pane !== undefined && rule !== undefined && rule.top >= pane.top && rule.bottom <= pane.bottom && rule.bottom <= innerHeight;
        });
      },
      { viewport: { width: 1440, height: 900 } },
    ));
}
