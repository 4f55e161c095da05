// The picture: what is drawn of a run, how it is moved, and what belongs to a line and to a stretch of a task.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { playground, drawn, openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { ran } from './support/player.js';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/** The labels of the axis. @param {Page} page */
const steps = (page) => page.locator('.axis').first().locator('.step').allTextContents();

/**
 * The labels of the axis, once they are others than these, or these again.
 * @param {Page} page
 * @param {string[]} these
 * @param {boolean} [again]
 */
async function axis(page, these, again = false) {
  await page.waitForFunction(
    ({ these, again }) => {
      const axis = document.querySelector('async-playground')?.shadowRoot?.querySelector('.axis');
      const labels = [...(axis?.querySelectorAll('.step') ?? [])].map(({ textContent }) => textContent);
      return (labels.join() === these.join()) === again;
    },
    { these, again },
  );
  return steps(page);
}

/** @param {Page} page */
const names = (page) => page.locator('playground-picture').first().locator('.sheet .name').allTextContents();

test('nothing of it is loaded before the first run', () =>
  site.page('ttl-cache/', async (page) => {
    /** @type {string[]} */
    const loaded = [];
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    await page.reload();
    await playground(page);
    await page.waitForLoadState('networkidle');
    assert.deepEqual(loaded.filter((path) => /playground-player|playground-picture|player-controls|\/picture/.test(path)), []);
    await ran(page);
    assert.ok(loaded.some((path) => path.endsWith('/player.css')));
  }));

test('a lane for each task in order of spawning, the main task last, between resources and gauges', () =>
  site.page('connection-pool/', async (page) => {
    await ran(page);
    const shown = await names(page);
    const queries = Array.from({ length: 8 }, (_, place) => `query ${place + 1}`);
    assert.deepEqual(shown, ['connection 1', 'connection 2', 'connection 3', ...queries, 'main', 'active']);
    assert.match((await page.locator('.legend').first().textContent()) ?? '', /holds a resource.*waiting.*finished/);
  }));

test('states of a breaker are a band, in words where there is room', () =>
  site.page('circuit-breaker/', async (page) => {
    await ran(page);
    const words = await page.locator('.sheet text[class*="state-"]').allTextContents();
    assert.deepEqual(words, ['CLOSED', 'OPEN, refuses for 300 ms', 'HALF OPEN', 'OPEN']);
    assert.equal(await page.locator('.sheet rect.band').count(), 4, 'half-open is there though it takes no time');
  }));

for (const { slug, end } of EXERCISES) {
  test(`${slug}: the table has every task with its end`, () =>
    site.page(`${slug}/`, async (page) => {
      await ran(page);
      await page.getByText('Picture as a table').first().click();
      const rows = page.locator('.tables table').first().locator('tbody tr');
      await rows.first().waitFor();
      const tasks = await page.evaluate(() => /** @type {any} */ (document.querySelector('async-playground')).player.recording.tasks.length);
      assert.equal(await rows.count(), tasks);
      const text = await rows.first().innerText();
      assert.match(text, new RegExp(`main[\\s\\S]*finished at ${end}`));
    }));
}

test('it can be zoomed and moved by wheel, by keys and by buttons, and shows all again', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    const all = await steps(page);
    const pane = page.locator('.pane').first();
    await on.openTools();
    await on.button('Zoom in').click();
    await axis(page, all);
    await on.button('Show all').click();
    await axis(page, all, true);
    await pane.focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    const zoomed = await axis(page, all);
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    await axis(page, zoomed);
    await page.keyboard.press('0');
    await axis(page, all, true);
    const box = await pane.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await axis(page, all);
  }));

test('zooming keeps the place at the pointer, and without a pointer the play head', () =>
  site.page('connection-pool/', async (page) => {
    const on = await ran(page);
    await on.scrub(60);
    await drawn(page);
    const pane = page.locator('.pane').first();
    const head = async () => Number(/M([\d.]+)/.exec((await page.locator('.axis .head').first().getAttribute('d')) ?? '')?.[1]);
    const near = async (/** @type {number} */ x, /** @type {string} */ how) => {
      await drawn(page);
      assert.ok(Math.abs((await head()) - x) < 1, `${how}: from ${x} to ${await head()}`);
    };
    const x = await head();
    await on.openTools();
    await on.button('Zoom in').click();
    await near(x, 'the first press of the button');
    await on.button('Zoom in').click();
    await near(x, 'the second press');
    await on.button('Zoom out').click();
    await near(x, 'out again');
    await pane.focus();
    await page.keyboard.press('+');
    await near(x, 'a key');
    await on.button('Show all').click();
    const box = await pane.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + x + 4.5, box.y + 60);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await near(x, 'the wheel at the play head');
  }));

test('two fingers zoom, one moves along', () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      await ran(page);
      const pane = page.locator('.pane').first();
      await pane.scrollIntoViewIfNeeded();
      const box = await pane.boundingBox();
      assert.ok(box);
      const all = await steps(page);
      const client = await page.context().newCDPSession(page);
      const y = box.y + 60;
      const touch = (/** @type {'touchStart' | 'touchMove' | 'touchEnd'} */ type, /** @type {number[]} */ xs) =>
        client.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x: box.x + x, y, id })) });
      await touch('touchStart', [180]);
      await touch('touchStart', [180, 220]);
      for (const by of [10, 20, 30, 40]) await touch('touchMove', [180 - by, 220 + by]);
      await touch('touchEnd', []);
      const zoomed = await axis(page, all);
      await touch('touchStart', [250]);
      for (const by of [20, 40, 60, 80]) await touch('touchMove', [250 - by]);
      await touch('touchEnd', []);
      await axis(page, zoomed);
    },
    { hasTouch: true, viewport: { width: 400, height: 800 } },
  ));

test('dragging along the axis moves the cursor', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    await page.locator('.pane').first().scrollIntoViewIfNeeded();
    const box = await page.locator('.axis').first().boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width - 20, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 10, { steps: 5 });
    const half = await on.cursor();
    assert.ok(half > 0 && half < (await on.length()), `${half} of ${await on.length()}`);
    await page.mouse.move(box.x + 4, box.y + 10, { steps: 5 });
    await page.mouse.up();
    assert.ok((await on.cursor()) < half);
  }));

test('a line shows its task, its waits and its place in the source', () =>
  site.page('circuit-breaker/', async (page) => {
    const on = await ran(page);
    await on.host.getByRole('button', { name: '100', exact: true }).click();
    await drawn(page);
    assert.match((await page.locator('.said').textContent()) ?? '', /Caller 1 wrote this line at 100 ms, after sleeping from 50 to 100 ms/);
    assert.equal(await page.locator('.sheet .chosen-lane').count(), 1);
    const marked = page.locator('.sources .line[data-marked]');
    assert.match((await marked.textContent()) ?? '', /world\.show/);
    await on.host.getByRole('button', { name: /^Show program\.rs, line \d+$/ }).click();
    assert.ok(await marked.isVisible());
    const [line, pane] = await Promise.all([marked.boundingBox(), page.locator('.sources details[open] pre').first().boundingBox()]);
    assert.ok(line && pane && line.y >= pane.y && line.y < pane.y + pane.height);
  }));

test('a stretch of a task shows its line and what it waited for', () =>
  site.page('connection-pool/', async (page) => {
    await ran(page);
    const pane = page.locator('.pane').first();
    await page.locator('.sheet .name', { hasText: 'query 8' }).scrollIntoViewIfNeeded();
    const box = await pane.boundingBox();
    const lane = await page.locator('.sheet .name', { hasText: 'query 8' }).boundingBox();
    assert.ok(box && lane);
    await pane.click({ position: { x: 150 + 20, y: lane.y - box.y + 6 } });
    await drawn(page);
    assert.match((await page.locator('.said').textContent()) ?? '', /^Query 8: waiting for a free connection from 0 to 100 ms\.$/);
    assert.match((await page.locator('.sources .line[data-marked]').textContent()) ?? '', /waiting_for\("connection"/);
    await page.keyboard.press('ArrowUp');
    await drawn(page);
    assert.match((await page.locator('.said').textContent()) ?? '', /^Query 7/);
    await page.locator('tr[data-line]').last().click();
    assert.equal(await page.locator('tr[data-chosen]').count(), 1);
  }));

test('two runs on one axis, and the difference in numbers', () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await ran(page);
    await on.openTools();
    await on.host.getByLabel('Compare with').selectOption({ index: 1 });
    const numbers = page.locator('.numbers table');
    await numbers.waitFor();
    const elapsed = await numbers.locator('tr', { hasText: 'elapsed' }).locator('td').allTextContents();
    assert.deepEqual(elapsed.slice(0, 2), ['2000', '1100']);
    assert.equal(elapsed[2], '−900');
    const other = () => page.locator('.axis').nth(1).locator('.step').allTextContents();
    await page.locator('.other .axis .step').first().waitFor({ state: 'attached' });
    await axis(page, await other(), true);
    await on.scrub(0);
    // The other run follows the cursor.
    await page.locator('.other .sheet .thin').first().waitFor({ state: 'detached' });
    await on.button('End comparison').click();
    assert.equal(await page.locator('.other').isVisible(), false);
  }));

test('a run that is kept is compared with one of other settings', () =>
  site.page('connection-pool/', async (page) => {
    const on = await ran(page);
    await on.openTools();
    await on.button('Keep for comparison').click();
    await on.openSettings();
    await on.host.getByLabel('Connections', { exact: true }).fill('1');
    await on.run.click();
    await on.until('watched');
    const elapsed = await page.locator('.numbers tr', { hasText: 'elapsed' }).locator('td').allTextContents();
    assert.deepEqual(elapsed, ['150', '400', '+250']);
  }));

test('picture, trace and output can be saved', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    const lines = (await on.lines()).map(({ line }) => `${line}\n`).join('');
    await on.openTools();
    const saved = async (/** @type {string} */ name) => {
      const [download] = await Promise.all([page.waitForEvent('download'), on.button(name).click()]);
      return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
    };
    const text = await saved('Save text');
    assert.deepEqual(text, { name: 'ttl-cache-correct.txt', text: lines });
    const trace = await saved('Save trace');
    const { run, events } = JSON.parse(trace.text);
    assert.equal(run.exercise, 'ttl-cache');
    assert.equal(events.length, await on.length());
    assert.ok(events.every((/** @type {{seq: number}} */ event, /** @type {number} */ index) => event.seq === index));
    const drawing = await saved('Save SVG');
    assert.equal(drawing.name, 'ttl-cache-correct.svg');
    const wrong = await page.evaluate((text) => new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')?.textContent ?? null, drawing.text);
    assert.equal(wrong, null);
    assert.match(drawing.text, /caller 1/);
    assert.doesNotMatch(drawing.text, /var\(--|class=/);
  }));

test('a hand that lets go outside, and a finger that is lifted, leave the view where it was', () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      const { openTools } = await ran(page);
      await openTools();
      const all = await steps(page);
      const pane = page.locator('.pane').first();
      const send = (/** @type {[string, {pointerId: number, clientX: number, buttons?: number}][]} */ events) =>
        pane.evaluate((pane, events) => {
          const { left, top } = pane.getBoundingClientRect();
          Element.prototype.setPointerCapture = () => {};
          for (const [type, init] of events) {
            const at = { clientX: left + init.clientX, clientY: top + 60 };
            pane.dispatchEvent(new PointerEvent(type, { bubbles: true, buttons: 1, ...init, ...at }));
          }
        }, events);
      await page.locator('async-playground').getByRole('button', { name: 'Zoom in' }).click();
      const zoomed = await axis(page, all);
      await send([
        ['pointerdown', { pointerId: 1, clientX: 200 }],
        ['pointermove', { pointerId: 1, clientX: 100, buttons: 0 }],
        ['pointermove', { pointerId: 1, clientX: 300, buttons: 0 }],
      ]);
      await drawn(page);
      assert.deepEqual(await steps(page), zoomed);
      await send([
        ['pointerdown', { pointerId: 1, clientX: 200 }],
        ['pointerdown', { pointerId: 2, clientX: 300 }],
        ['pointerup', { pointerId: 2, clientX: 300, buttons: 0 }],
        ['pointermove', { pointerId: 1, clientX: 201 }],
        ['pointerup', { pointerId: 1, clientX: 201, buttons: 0 }],
      ]);
      await drawn(page);
      const gap = (/** @type {(string | null)[]} */ labels) => Number(labels[2]) - Number(labels[1]);
      assert.equal(gap(await steps(page)), gap(zoomed), 'moved along by a little, and not zoomed');
    },
  ));
