// Keys, and addresses that reproduce what they were copied from.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { OVER, MOVING, playground, openSite, type } from './support/browser.js';
import { BROWSER } from './support/launch.js';
import { ran } from './support/player.js';
import { toHash } from '../../www/editor/shared.js';
import { addressOf, readQuery, writeAddress } from '../../www/run/address.js';
import { readInterference } from '../../www/run/request.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

test('R runs, S stops, space plays and pauses, arrows step', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    await on.speed('slow');
    await page.locator('h1').click();
    await page.keyboard.press('r');
    await on.until('running');
    await page.keyboard.press('s');
    await on.until('stopped');
    const replay = await ran(page);
    await page.locator('h1').click();
    const length = await replay.length();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await replay.cursor(), length - 2);
    await page.keyboard.press('ArrowRight');
    assert.equal(await replay.cursor(), length - 1);
    await on.speed('slow');
    await page.locator('h1').click();
    await replay.scrub(0);
    await page.keyboard.press('Space');
    await replay.button('Pause').waitFor();
    await page.keyboard.press('Space');
    await replay.button('Play').waitFor();
  }, MOVING));

test('keys do nothing while the reader types, or on a control that uses them', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    await on.openSettings();
    await on.host.locator('.settings input[type="number"]').first().focus();
    await page.keyboard.press('r');
    await page.keyboard.press('?');
    assert.equal(await on.state().then(() => on.host.getAttribute('data-state')), 'watched');
    assert.equal(await page.locator('dialog[open]').count(), 0);
    const before = await on.cursor();
    await on.openMore();
    await on.host.getByRole('radio', { name: 'Simulated' }).focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await on.cursor(), before);
    await on.slider.focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await on.cursor(), before - 1, 'the slider has moved by its own key, once');
  }));

test('the keys can be read, and turned off', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    await page.locator('h1').click();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'How to read this' });
    await dialog.waitFor();
    await dialog.getByLabel('Use these keys').uncheck();
    await page.keyboard.press('Escape');
    assert.equal(await dialog.count(), 0);
    const before = await on.cursor();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await on.cursor(), before);
    await on.button('Help').click();
    await dialog.getByLabel('Use these keys').check();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.locator('h1').click();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await on.cursor(), before - 1);
  }));

test('an address brings back program, clock, settings and cursor, and the same picture', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    await on.openSettings();
    await on.choose('check-then-fetch');
    await type(on.host.locator('playground-setting[data-kind="int"] input[type="number"]').first(), 7);
    const replay = await ran(page);
    const shown = Math.floor((await replay.length()) / 2);
    await replay.scrub(shown);
    await page.waitForFunction(() => location.search.includes('at='));
    const [address, state] = [page.url(), await replay.state()];
    assert.match(address, /\?program=[a-z-]+&speed=once&setting\.[a-z_]+=7&at=\d+$/);
    await page.goto('about:blank');
    await page.goto(address);
    await page.locator(OVER).waitFor();
    const again = await ran(page, page.locator('h1'));
    await page.waitForFunction(
      (cursor) => document.querySelector('async-playground')?.shadowRoot?.querySelector('player-controls input')?.getAttribute('aria-valuetext')?.startsWith(`${cursor} of`),
      shown,
    );
    assert.equal(await again.state(), state);
    assert.equal(page.url(), address);
  }));

test('a link has the order, the interference, the axis, the zoom and the cursor, and brings back the same picture', { skip: BROWSER === 'webkit' && 'there scripts may read the clipboard in a click alone' }, () =>
  site.page(
    'ttl-cache/?order=0,1&interfere=50+cancel+4&setting.callers=6&program=announced-first',
    async (page) => {
      const on = await ran(page);
      await on.scrub(30);
      await on.button('Steps').click();
      await on.openTools();
      await on.button('Zoom in').click();
      const state = await on.state();
      await on.host.getByRole('button', { name: 'Copy link' }).click();
      await on.host.getByRole('button', { name: 'Link copied' }).waitFor();
      const link = await page.evaluate(() => navigator.clipboard.readText());
      const { searchParams } = new URL(link);
      assert.deepEqual([...searchParams.keys()], ['program', 'speed', 'order', 'interfere', 'setting.callers', 'axis', 'zoom', 'at']);
      assert.match(searchParams.get('zoom') ?? '', /^[\d.]+,[\d.]+$/);
      await page.goto('about:blank');
      await page.goto(link);
      await page.locator('async-playground:is([data-state="watched"], [data-state="mistake-shown"])').waitFor();
      const again = await ran(page, page.locator('h1'));
      await page.waitForFunction(() => document.querySelector('async-playground')?.shadowRoot?.querySelector('player-controls input')?.getAttribute('aria-valuetext')?.startsWith('30 of'));
      // It is drawn with one of the next frames.
      for (let times = 0; times < 50 && (await again.state()) !== state; times += 1) await sleep(50);
      assert.equal(await again.state(), state);
      await again.run.click();
      await page.waitForFunction(() => !location.search.includes('zoom='));
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  ));

test('an axis or a zoom that makes no sense is refused in words', () =>
  site.page('ttl-cache/?axis=sideways&zoom=1', async (page) => {
    await playground(page);
    const refusal = page.locator('async-playground .refusal').first();
    await refusal.filter({ hasText: 'axis must be one of time, steps, not "sideways"' }).waitFor();
    assert.match((await refusal.textContent()) ?? '', /Zoom must be two numbers, the smaller one first, like "100,250", not "1"/i);
    await page.goto(`${site.url}ttl-cache/?zoom=5,1`);
    await refusal.filter({ hasText: 'Zoom must be two numbers, the smaller one first, like "100,250", not "5,1"' }).waitFor();
  }));

test('an address that makes no sense is a page like any other', () =>
  site.page('ttl-cache/?program=nope&clock=sundial&speed=fast&seed=x&setting.nope=1&setting.ttl_ms=soon&at=-1.5', async (page) => {
    const on = await playground(page);
    assert.equal(await on.state(), 'before');
    assert.equal(await on.chosen(), 'correct');
    const told = (await on.host.locator('.refusal').textContent()) ?? '';
    for (const wrong of ['"nope"', '"sundial"', '"fast"', 'And 2 more']) assert.ok(told.includes(wrong), told);
  }));

test('addresses are read as they are written, and leave out defaults', () => {
  /** @type {import('../../www/run/request.js').RunRequest} */
  const request = { exercise: 'ttl-cache', clock: 'simulated', program: 'correct', settings: {} };
  assert.equal(writeAddress(addressOf(request, 'normal')), '');
  /** @type {import('../../www/run/request.js').RunRequest} */
  const other = { ...request, program: 'stampede', seed: 7, settings: { ids: [1, 2] }, interfere: [{ at: 120, what: 'cancel', task: 3 }, { at: 400.5, what: 'backend up', task: null }] };
  const text = writeAddress(addressOf(other, 'slow', { cursor: 12, axis: 'steps', zoom: [3, 40.12345] }));
  assert.equal(text, '?program=stampede&speed=slow&seed=7&interfere=120+cancel+3,400.5+backend+up&setting.ids=1,2&axis=steps&zoom=3,40.1235&at=12');
  const read = { program: 'stampede', speed: 'slow', seed: '7', interfere: '120 cancel 3,400.5 backend up', 'setting.ids': '1,2', axis: 'steps', zoom: '3,40.1235', at: '12' };
  assert.deepEqual(readInterference(read.interfere), other.interfere);
  assert.deepEqual(Object.fromEntries(readQuery(`${text}&theme=dark&other=1`, false)), read);
  assert.deepEqual(Object.fromEntries(readQuery(`${text}&theme=dark&other=1`, true)), { ...read, theme: 'dark' });
});

test('every key can be turned off, also where that cannot be stored', () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      const on = await playground(page);
      const dialog = page.getByRole('dialog', { name: 'How to read this' });
      await on.host.getByRole('button', { name: 'Help' }).click();
      await dialog.getByLabel('Use these keys').uncheck();
      await page.keyboard.press('Escape');
      await page.locator('h1').click();
      await page.keyboard.press('?');
      await page.keyboard.press('r');
      assert.equal(await on.state(), 'before');
      assert.equal(await dialog.count(), 0);
      await on.host.getByRole('button', { name: 'Help' }).click();
      assert.equal(await dialog.getByLabel('Use these keys').isChecked(), false);
    },
    {
      init: () => {
        Storage.prototype.setItem = () => {
          throw new DOMException('full', 'QuotaExceededError');
        };
      },
    },
  ));

test('a table that scrolls sideways has the arrows to itself', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    await page.getByText('Picture as a table').first().click();
    const before = await on.cursor();
    await on.host.locator('.tables').first().focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await on.cursor(), before);
  }));

test('the link is copied, or is there to be copied by hand where there is no clipboard', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    const copy = on.host.getByRole('button', { name: 'Copy link' });
    await copy.waitFor();
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await copy.click();
    const link = on.host.getByRole('link', { name: 'Link to this run' });
    await link.waitFor();
    assert.equal(await link.evaluate((link) => /** @type {ShadowRoot} */ (link.getRootNode()).activeElement === link), true);
  }));

test('a cursor leaves the address when a setting or the program is another one, and so does what was refused', () =>
  site.page('ttl-cache/?axis=space&at=3', async (page) => {
    const on = await playground(page);
    const refusal = on.host.locator('.refusal');
    await refusal.filter({ hasText: 'Axis' }).waitFor();
    await on.run.click();
    await on.until('watched');
    assert.equal(await refusal.isVisible(), false);
    const replay = await ran(page);
    await replay.scrub(3);
    await page.waitForFunction(() => location.search === '?speed=once&at=3');
    // A program that is chosen is not run yet.
    await on.choose('check-then-fetch');
    await page.waitForFunction(() => location.search === '?program=check-then-fetch&speed=once');
  }));

test('a cursor beside the code of a link starts no run', async () => {
  const hash = await toHash('# mine\n');
  await site.page(`ttl-cache/?at=3${hash}`, async (page) => {
    const on = await playground(page);
    await on.host.locator('.told').getByText(/^This program came with the link/).waitFor();
    assert.equal(await on.state(), 'before');
    assert.equal(await on.host.evaluate((host) => /** @type {any} */ (host).player), null);
  });
});

test('a cursor in an address is for the run that it came with, not for the next one', () =>
  site.page('ttl-cache/?at=3', async (page) => {
    const on = await playground(page);
    await on.until('watched');
    const replay = await ran(page);
    assert.equal(await replay.cursor(), await replay.length());
  }));
