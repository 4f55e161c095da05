// Settings: bad values are refused in their place, good ones run, and then only the rules judge.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { playground, openSite, type } from './support/browser.js';
import { SAMPLE } from './support/exercises.js';
import { BROWSER } from './support/launch.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

for (const { slug } of SAMPLE) {
  test(`${slug}: each number is refused outside its range, in its place, and reset`, () =>
    site.page(`${slug}/`, async (page) => {
      const on = await playground(page);
      await on.openSettings();
      await on.clock('Simulated');
      // One is enough to see that another browser understands: typing by keys takes long there.
      const few = BROWSER === 'chromium' ? undefined : 1;
      const settings = (await on.host.locator('playground-setting[data-kind="int"]').all()).slice(0, few);
      for (const setting of settings) {
        const number = setting.locator('input[type="number"]');
        const [min, max, initial] = await Promise.all([
          number.getAttribute('min'),
          number.getAttribute('max'),
          number.inputValue(),
        ]);
        for (const bad of [String(Number(min) - 1), String(Number(max) + 1), '', '0.5']) {
          await type(number, bad);
          assert.match((await setting.locator('.error').textContent()) ?? '', /must be a whole number from .+ to /);
          assert.equal(await number.getAttribute('aria-invalid'), 'true');
          await on.run.click();
          assert.equal(await on.state(), 'before', `did not start with ${bad}`);
        }
        await setting.locator('.reset').click();
        assert.equal(await number.inputValue(), initial);
        assert.equal(await setting.locator('.error').textContent(), '');
      }
      await on.run.click();
      await on.until('watched');
    }));
}

test('away from the defaults the lines are shown and not judged, and reset brings the judgement back', () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await playground(page);
    await on.openSettings();
    await on.clock('Simulated');
    const setting = on.host.locator('playground-setting[data-kind="int"]').first();
    const number = setting.locator('input[type="number"]');
    await type(number, Number(await number.inputValue()) + 1);
    assert.equal(await setting.getAttribute('data-changed'), '');
    await on.run.click();
    await on.until('watched');
    assert.match((await on.note.textContent()) ?? '', /^Some settings are not the usual ones, so only the rules are checked, not the exact output\.$/);
    assert.ok((await on.statuses()).every((status) => status === 'unjudged'));
    assert.ok((await on.lines()).length > 0);
    await on.host.getByRole('button', { name: 'Reset all' }).click();
    await on.run.click();
    await on.until('watched');
    assert.match((await on.note.textContent()) ?? '', /Judged by the output and the rules/);
    assert.ok((await on.statuses()).every((status) => status === 'matched'));
  }));

test('slider and number are one setting', () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await playground(page);
    await on.openSettings();
    for (const setting of await on.host.locator('playground-setting[data-kind="int"]').all()) {
      const [number, slider] = [setting.locator('input[type="number"]'), setting.locator('input[type="range"]')];
      await slider.focus();
      await page.keyboard.press('End');
      assert.equal(await number.inputValue(), await number.getAttribute('max'));
      await page.keyboard.press('Home');
      assert.equal(await number.inputValue(), await number.getAttribute('min'));
      assert.equal(await setting.locator('.error').textContent(), '');
    }
  }));

test('a list is refused where there is nothing in it, in its field and in an address', () =>
  site.page('request-handler/?setting.ids=', async (page) => {
    const on = await playground(page);
    assert.match(await on.host.locator('.refusal').innerText(), /Setting ids must be a list of 1 to \d+ whole numbers from \d+ to \d+, not ""/);
    await on.openSettings();
    await on.host.locator('#setting-ids').fill('');
    assert.match(await on.host.locator('[data-name="ids"] .error').innerText(), /must be a list of 1 to \d+ whole numbers/);
    await on.run.click();
    assert.equal(await on.state(), 'before');
  }));

test('a wrong value that keeps a run from starting is named, marked and focused, also in a closed drawer', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    await on.openSettings();
    const status = on.host.locator('.playground > [role="status"]');
    const focus = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.id);
    const number = on.host.locator('.settings details playground-setting[data-kind="int"] input[type="number"]').first();
    const id = await number.getAttribute('id');
    await type(number, -1);
    await on.host.locator('.settings summary').click();
    await on.run.click();
    assert.match((await status.textContent()) ?? '', /^Set ".*" to a whole number from .* first\.$/);
    assert.equal(await focus(), id);
    await on.host.locator(`[data-name="${id?.replace('setting-', '')}"] .reset`).click();
    const seed = on.host.locator('#seed');
    await on.openMore();
    await type(seed, 'e');
    assert.equal(await seed.getAttribute('aria-invalid'), 'true');
    await on.run.click();
    assert.match((await status.textContent()) ?? '', /^Set the seed to a whole number from /);
    assert.equal(await focus(), 'seed');
    await type(seed, '7');
    assert.equal(await seed.getAttribute('aria-invalid'), 'false');
  }));

test('the focus goes with the word that is moved, as long as it can be moved further', () =>
  site.page('middleware-chain/', async (page) => {
    const on = await playground(page);
    await on.openSettings();
    const list = on.host.locator('.order').first();
    const word = (await list.locator('li label').first().innerText()).trim();
    const focus = () => page.evaluate(() => {
      const focus = document.activeElement?.shadowRoot?.activeElement;
      return focus?.getAttribute('aria-label') ?? focus?.localName;
    });
    await list.getByRole('button', { name: `Move ${word} down` }).click();
    assert.equal(await focus(), `Move ${word} down`);
    await list.getByRole('button', { name: `Move ${word} up` }).click();
    assert.equal(await focus(), 'input', 'it is the first again');
  }));

test('once there is a run it follows the settings, and its picture with it', () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await playground(page);
    await on.run.click();
    await on.until('watched');
    const shown = () => on.host.evaluate((/** @type {any} */ host) => host.player.recording.request.settings);
    await type(on.host.locator('#setting-n'), 7);
    await page.waitForFunction(() => /** @type {any} */ (document.querySelector('async-playground')).player.recording.report?.settings.n === 7);
    assert.deepEqual(await shown(), { n: 7 });
    await type(on.host.locator('#setting-n'), -1);
    await page.waitForTimeout(400);
    assert.deepEqual(await shown(), { n: 7 }, 'what is refused is not followed');
  }));

test('the numbers of the statement are settings: dragged, moved by keys and typed, and the run follows at once', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    const number = page.locator('.statement button.setting').first();
    assert.equal(await number.textContent(), 'Five');
    const tasks = (/** @type {number} */ callers) =>
      page.waitForFunction((callers) => /** @type {any} */ (document.querySelector('async-playground')).player?.recording?.tasks.filter((/** @type {any} */ { name }) => name.startsWith('caller ')).length === callers + 1, callers);
    await number.hover();
    const box = await number.boundingBox();
    assert.ok(box);
    await page.locator('.statement button.setting[aria-label="Five, Callers at once"]').waitFor();
    const [x, y] = [box.x + 6, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 18, y, { steps: 3 });
    await page.mouse.up();
    assert.equal(await number.textContent(), '8');
    await tasks(8);
    await on.until('watched');
    await number.focus();
    await page.keyboard.press('ArrowDown');
    await tasks(7);
    await number.click();
    const field = page.locator('.statement input.setting');
    await type(field, 3);
    await tasks(3);
    await page.keyboard.press('Enter');
    assert.equal(await number.textContent(), '3');
    assert.equal(await on.host.locator('playground-setting[data-name="callers"] input[type="number"]').inputValue(), '3');
    await on.host.getByRole('button', { name: 'Reset all' }).click();
    await page.locator('.statement button.setting', { hasText: 'Five' }).waitFor();
    await tasks(5);
  }));

test('a wrong number in the statement is named with its range and keeps a run from starting, and Escape takes it back', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    const number = page.locator('.statement button.setting').first();
    await number.hover();
    await page.locator('.statement button.setting[aria-label="Five, Callers at once"]').waitFor();
    await number.click();
    const field = page.locator('.statement input.setting');
    const own = on.host.locator('#setting-callers');
    const tooMany = String(Number(await own.getAttribute('max')) * 10 + 1);
    for (const wrong of [tooMany, '0', '', 'five']) {
      await field.fill(wrong);
      assert.match(await page.locator('.statement .error').innerText(), /^Callers at once must be a whole number from 1 to \d+$/);
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
    }
    // Neither Enter nor leaving loses what is typed.
    await page.keyboard.press('Enter');
    await on.host.getByRole('heading', { name: 'Rules' }).click();
    assert.equal(await field.inputValue(), 'five');
    await on.run.click();
    assert.equal(await on.state(), 'before');
    await field.focus();
    await page.keyboard.press('Escape');
    assert.equal(await number.textContent(), 'Five');
    assert.equal(await own.inputValue(), '5');
    assert.equal(await page.locator('.statement .error').count(), 0);
    // What is set right in the settings is right in the statement.
    await number.click();
    await field.fill('0');
    await type(own, 4);
    await page.locator('.statement button.setting', { hasText: '4' }).waitFor();
  }));

test('a number of the statement is dragged though the pointer is outside of it before it moves for the first time', () =>
  site.page('ttl-cache/', async (page) => {
    await playground(page);
    const number = page.locator('.statement button.setting').first();
    await number.hover();
    await page.locator('.statement button.setting[aria-label="Five, Callers at once"]').waitFor();
    const box = await number.boundingBox();
    assert.ok(box);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 120, y);
    await page.mouse.up();
    assert.equal(await number.textContent(), '25');
    assert.equal(await page.locator('.statement input.setting').count(), 0, 'a drag is no press');
  }));

test('the picture stays in sight while settings are dragged', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    await on.run.click();
    await on.until('watched');
    await page.locator('playground-picture .sheet .use').first().waitFor();
    await page.evaluate(() => {
      const host = /** @type {HTMLElement} */ (document.querySelector('async-playground'));
      const seen = { states: new Set(), empty: 0 };
      Object.assign(globalThis, { seen });
      const look = () => {
        seen.states.add(host.dataset.state);
        if (host.shadowRoot?.querySelector('playground-picture .sheet .use') == null) seen.empty += 1;
        requestAnimationFrame(look);
      };
      look();
    });
    const slider = on.host.locator('playground-setting[data-name="fetch_ms"] input[type="range"]');
    await slider.focus();
    for (let press = 0; press < 10; press += 1) await page.keyboard.press('ArrowRight');
    const shown = await slider.getAttribute('aria-valuetext');
    await page.waitForFunction((shown) => `${/** @type {any} */ (document.querySelector('async-playground')).player.recording.request.settings.fetch_ms} ms` === shown?.replace('\u202f', ''), shown);
    await on.until('watched');
    const seen = await page.evaluate(() => {
      const { states, empty } = /** @type {any} */ (globalThis).seen;
      return { states: [...states], empty };
    });
    assert.deepEqual(seen, { states: ['watched'], empty: 0 });
  }));
