// Interference with a run: the backend goes down and up, a task is cancelled; it can be undone, and the link has it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { MOVING, playground, drawn, openSite } from './support/browser.js';
import { LONG, editor } from './support/editor.js';
import { EXERCISES } from './support/exercises.js';
import { ran } from './support/player.js';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/**
 * A run that is over, with the means to interfere with it.
 * @param {Page} page
 */
async function whole(page) {
  const on = await ran(page);
  const events = () =>
    page.evaluate(() => /** @type {import('../../www/api/playground.js').Event[]} */ (/** @type {any} */ (document.querySelector('async-playground')).player.recording.events));
  const interference = async () => (await events()).flatMap((event) => (event.kind === 'interfere' ? [event] : []));
  /** Presses a button, and waits for the other run that this makes. @param {string} name */
  const press = async (name) => {
    const before = await page.evaluateHandle(() => /** @type {any} */ (document.querySelector('async-playground')).player.recording);
    await on.button(name).click();
    await page.waitForFunction((before) => {
      const host = /** @type {any} */ (document.querySelector('async-playground'));
      return host.player.recording !== before && host.dataset.state !== 'running';
    }, before);
  };
  return { ...on, events, interference, press, tasks: on.host.getByLabel('Task to cancel') };
}

/** @param {Page} page */
const unproven = async (page) => page.locator('.rules li:not([data-state="passed"])').count();

for (const { slug } of EXERCISES.filter(({ interference }) => interference)) {
  test(`${slug}: the backend goes down and up, a task is cancelled, and every rule holds`, () =>
    site.page(`${slug}/`, async (page) => {
      const on = await whole(page);
      await on.scrub(Math.floor((await on.length()) / 3));
      await on.press('Take the backend down');
      // Each is right after the one before.
      await on.scrub((await on.events()).findIndex(({ kind, ...event }) => kind === 'state' && 'component' in event && event.component === 'backend') + 1);
      await on.press('Bring the backend up');
      // Callers of a backend that is down may end at once.
      const length = await on.length();
      for (const share of [0.6, 0.75, 0.9]) {
        await on.scrub(Math.floor(length * share));
        if (await on.button('Cancel it').isEnabled()) break;
      }
      const task = Number(await on.tasks.inputValue());
      await on.press('Cancel it');
      const happened = await on.interference();
      assert.deepEqual(happened.map(({ what }) => what).sort(), ['backend down', 'backend up', 'cancel']);
      assert.equal(happened.find(({ what }) => what === 'cancel')?.task, task);
      const ends = (await on.events()).flatMap((event) => (event.kind === 'task' && event.id === task ? [event.phase] : []));
      assert.equal(ends.at(-1), 'cancelled');
      assert.equal(await unproven(page), 0, 'every rule holds');
      assert.match((await on.note.textContent()) ?? '', /You interfered with this run, so only the rules are checked, not the exact output\.$/);
      await drawn(page);
      assert.ok((await page.locator('.sheet .name').allTextContents()).includes('backend'), 'the backend has its row');
    }));
}

for (const slug of ['ttl-cache', 'circuit-breaker', 'full-service']) {
  test(`${slug}: a program in Python is interfered with too, and our answer keeps every rule`, LONG, () =>
    site.page(`${slug}/`, async (page) => {
      const written = await editor(page);
      await written.write((await written.sources(slug)).answer);
      const on = await whole(page);
      const before = await on.events();
      await on.scrub(Math.floor(before.length / 3));
      await on.press('Take the backend down');
      assert.deepEqual((await on.interference()).map(({ what }) => what), ['backend down']);
      assert.equal(await unproven(page), 0, 'every rule holds');
      await on.press(await on.host.getByRole('button', { name: /^Undo/ }).first().getAttribute('aria-label') ?? '');
      assert.deepEqual(await on.events(), before);
    }));
}

test('events before the interference stay the same, and undo brings the first run back', () =>
  site.page('circuit-breaker/', async (page) => {
    const on = await whole(page);
    const before = await on.events();
    await on.scrub(Math.floor(before.length / 2));
    const time = await page.evaluate(() => /** @type {any} */ (document.querySelector('async-playground')).player.time);
    await on.press('Take the backend down');
    const after = await on.events();
    const earlier = before.filter((event) => event.at <= time);
    assert.ok(earlier.length > 0);
    assert.deepEqual(after.slice(0, earlier.length), earlier);
    const [at = 0] = (await on.interference()).map((event) => event.at);
    assert.ok(at > time && at <= time + 1, `${at} comes after ${time}`);
    await on.press(`Undo: backend down at ${at} ms`);
    assert.deepEqual(await on.events(), before);
    assert.match((await on.note.textContent()) ?? '', /^Judged by the output and the rules/);
  }));

test('a run that is interfered with while it is played goes on from that moment', () =>
  site.page('circuit-breaker/', async (page) => {
    const on = await playground(page);
    await on.speed('slow');
    await on.run.click();
    await page.waitForFunction(() => /** @type {any} */ (document.querySelector('async-playground')).player.time > 30);
    await on.host.getByRole('button', { name: 'Take the backend down' }).click();
    await on.host.getByRole('button', { name: /^Undo/ }).waitFor();
    const time = await page.evaluate(() => {
      const { player } = /** @type {any} */ (document.querySelector('async-playground'));
      return [player.time, player.playing, player.recording.request.interfere[0].at];
    });
    assert.equal(time[1], true);
    assert.ok(time[2] > 30 && time[0] >= time[2], `${time}`);
    await on.speed('once');
    await on.until('watched');
  }, MOVING));

test('a backend that is down fails its callers, and the breaker opens', () =>
  site.page('circuit-breaker/', async (page) => {
    const on = await playground(page);
    await on.openSettings();
    for (const [label, value] of [['Calls that the service fails at first', '0'], ['Calls per caller', '30']]) await on.host.getByLabel(label ?? '', { exact: true }).fill(value ?? '');
    const run = await whole(page);
    assert.ok(!(await run.events()).some((event) => event.kind === 'state' && event.component === 'breaker' && event.to === 'OPEN'));
    await run.scrub(20);
    await run.press('Take the backend down');
    assert.ok((await run.events()).some((event) => event.kind === 'state' && event.component === 'breaker' && event.to === 'OPEN'));
  }));

test('the task of a lane that is chosen is the one to cancel', () =>
  site.page('connection-pool/', async (page) => {
    const on = await whole(page);
    await on.scrub(Math.floor((await on.length()) / 2));
    const pane = page.locator('.pane').first();
    await page.locator('.sheet .name', { hasText: 'query 8' }).scrollIntoViewIfNeeded();
    const box = await pane.boundingBox();
    const lane = await page.locator('.sheet .name', { hasText: 'query 8' }).boundingBox();
    assert.ok(box && lane);
    await pane.click({ position: { x: 170, y: lane.y - box.y + 6 } });
    assert.equal(await on.tasks.locator('option:checked').textContent(), 'query 8');
    const task = Number(await on.tasks.inputValue());
    await on.press('Cancel it');
    assert.deepEqual((await on.interference()).map(({ what, task }) => [what, task]), [['cancel', task]]);
  }));

test('the address of a run has the interference with it', () =>
  site.page('circuit-breaker/', async (page) => {
    const on = await whole(page);
    await on.scrub(20);
    await on.press('Take the backend down');
    await page.waitForFunction(() => location.search.includes('interfere='));
    const [address, events] = [page.url(), await on.events()];
    assert.match(new URL(address).searchParams.get('interfere') ?? '', /^[\d.]+ backend down$/);
    await page.goto('about:blank');
    await page.goto(address);
    const again = await whole(page);
    assert.deepEqual(await again.events(), events);
  }));

test('there is no interference where an exercise has no backend, nor in real time', () =>
  site.page('request-handler/', async (page) => {
    await ran(page);
    assert.equal(await page.locator('playground-interfere').isVisible(), false);
    await page.goto(`${site.url}ttl-cache/?clock=real`);
    const on = await playground(page);
    await on.run.click();
    await page.locator('playground-player').waitFor();
    assert.equal(await page.locator('playground-interfere').isVisible(), false);
  }));
