// Taking a hand in a paced run: the backend goes down and up, a task is cancelled, and the rules hold all the same.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { bench, drawn, openSite } from './support/browser.js';


/** @typedef {import('playwright-core').Page} Page */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/** A setting at which each run takes a quarter of a minute or more at the lowest speed. @type {Record<string, Record<string, number>>} */
const LONG = {
  'connection-pool': { 'A query takes': 1000 },
  'ttl-cache': { 'A fetch takes': 1000 },
  'circuit-breaker': { 'The service takes': 1000 },
  'full-service': { 'A fetch takes': 1000, 'Fetch timeout': 2000 },
};

/**
 * A run that is slow enough to take a hand in, with the means to do so.
 * @param {Page} page
 * @param {string} slug
 * @param {Record<string, number>} [more] settings
 */
async function slow(page, slug, more = {}) {
  const on = await bench(page);
  await on.openSettings();
  for (const [label, value] of Object.entries({ ...LONG[slug], ...more })) await on.host.getByLabel(label, { exact: true }).fill(String(value));
  await on.clock('Slow');
  await on.speed(0.05);
  await on.run.click();
  await page.locator('playground-interfere').waitFor();
  const button = (/** @type {string} */ name) => on.host.getByRole('button', { name, exact: true });
  const events = () =>
    page.evaluate(() => /** @type {import('../../www/api/playground.js').Event[]} */ (/** @type {any} */ (document.querySelector('async-playground')).replay.recording.events));
  return { ...on, button, events, tasks: on.host.getByLabel('Task to cancel') };
}

/** To its end as fast as it goes. @param {Awaited<ReturnType<typeof slow>>} on */
async function finish(on) {
  await on.speed(20);
  await on.until('passed');
}

for (const slug of ['connection-pool', 'ttl-cache', 'circuit-breaker', 'full-service']) {
  test(`${slug}: the backend goes down and up, a task is cancelled, and every rule holds`, () =>
    site.page(`${slug}/`, async (page) => {
      const on = await slow(page, slug);
      await on.button('Take the backend down').click();
      await on.button('Bring the backend up').click();
      await on.button('Take the backend down').waitFor();
      const name = await on.tasks.locator('option').first().textContent();
      await on.button('Cancel it').click();
      await on.tasks.locator('option', { hasText: new RegExp(`^${name}$`) }).waitFor({ state: 'detached' });
      await finish(on);
      const acts = (await on.events()).flatMap((event) => (event.kind === 'interfere' ? [event] : []));
      assert.deepEqual(acts.map(({ what }) => what), ['backend down', 'backend up', 'cancel']);
      const ends = (await on.events()).flatMap((event) => (event.kind === 'task' && event.id === acts[2]?.task ? [event.phase] : []));
      assert.equal(ends.at(-1), 'cancelled');
      assert.equal(await page.locator('.rules li[data-state="passed"]').count(), await page.locator('.rules li').count());
      assert.match((await on.note.textContent()) ?? '', /You took a hand in this run: it is judged by the rules alone/);
      assert.equal(await on.button('Take the backend down').isDisabled(), true);
      assert.equal(await on.button('Cancel it').isDisabled(), true);
      await drawn(page);
      assert.ok((await page.locator('.sheet .name').allTextContents()).includes('backend'), 'the backend has its band');
    }));
}

test('an act falls on the moment that the reader sees, not on the last deadline', () =>
  site.page('circuit-breaker/', async (page) => {
    const on = await slow(page, 'circuit-breaker');
    // A second of its time lasts twenty, in which the one caller waits for an answer.
    await on.button('Take the backend down').click();
    await on.button('Bring the backend up').waitFor();
    await on.button('Bring the backend up').click();
    await finish(on);
    const at = (await on.events()).flatMap((event) => (event.kind === 'interfere' ? [event.at] : []));
    assert.equal(at.length, 2);
    assert.ok((at[1] ?? 0) > (at[0] ?? 0), `${at}`);
    assert.ok(at.some((ms) => ms % 10 !== 0), `${at}`);
  }));

test('a backend that is down fails its callers, and the breaker opens', () =>
  site.page('circuit-breaker/', async (page) => {
    const run = await slow(page, 'circuit-breaker', { 'Calls that the service fails at first': 0, 'Calls per caller': 30 });
    await run.button('Take the backend down').click();
    await finish(run);
    assert.ok((await run.events()).some((event) => event.kind === 'state' && event.component === 'breaker' && event.to === 'OPEN'));
  }));

test('the task of a lane that is chosen is the one to cancel', () =>
  site.page('connection-pool/', async (page) => {
    const on = await slow(page, 'connection-pool');
    await page.locator('.sheet .name', { hasText: 'query 8' }).waitFor();
    const pane = page.locator('.pane').first();
    await pane.scrollIntoViewIfNeeded();
    const box = await pane.boundingBox();
    const lane = await page.locator('.sheet .name', { hasText: 'query 8' }).boundingBox();
    assert.ok(box && lane);
    await pane.click({ position: { x: 170, y: lane.y - box.y + 6 } });
    assert.equal(await on.tasks.locator('option:checked').textContent(), 'query 8');
    await on.button('Cancel it').click();
    await finish(on);
    const told = (await on.events()).find((event) => event.kind === 'interfere');
    assert.ok(told?.kind === 'interfere' && told.what === 'cancel' && told.task !== null);
  }));

test('the link of a run runs it without the reader’s hand', () =>
  site.page('circuit-breaker/', async (page) => {
    const on = await slow(page, 'circuit-breaker');
    await on.button('Take the backend down').click();
    await finish(on);
    await on.host.getByRole('button', { name: 'Reset all' }).click();
    assert.match((await on.note.textContent()) ?? '', /its link runs it without you/);
    await on.clock('Instant');
    await on.run.click();
    await on.until('passed');
    assert.match((await on.note.textContent()) ?? '', /^Judged by the output and the rules/);
    assert.equal(await page.locator('playground-interfere').isVisible(), false);
  }));

test('there is nothing to take a hand in where an exercise has no backend, and on other clocks', () =>
  site.page('request-handler/', async (page) => {
    const on = await bench(page);
    await on.clock('Slow');
    await on.speed(20);
    await on.run.click();
    await on.until('passed');
    await page.locator('playground-player').waitFor();
    assert.equal(await page.locator('playground-interfere').isVisible(), false);
  }));
