// The player of a run: one cursor for everything that is shown, and the same is shown whichever way it came there.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { OVER, MOVING, playground, openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { ran } from './support/player.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

for (const { slug } of EXERCISES) {
  test(`${slug}: the end is the same by running, by scrubbing and by stepping, and stepping back undoes exactly`, () =>
    site.page(`${slug}/`, async (page) => {
      const on = await ran(page);
      const end = await on.state();
      const length = await on.length();
      assert.equal(await on.cursor(), length);
      await on.scrub(0);
      const start = await on.state();
      assert.notEqual(start, end);
      await on.scrub(length);
      assert.equal(await on.state(), end, 'after scrubbing');

      await on.button('To the start').click();
      // Stepping would turn to the other axis, unless the reader has chosen one.
      await on.button('Time').click();
      assert.equal(await on.state(), start);
      const every = Math.max(1, Math.ceil(length / 12));
      const step = (/** @type {string} */ name, /** @type {number} */ times) =>
        on.button(name).evaluate((button, times) => {
          for (let count = 0; count < times; count += 1) /** @type {HTMLElement} */ (button).click();
        }, times);
      const states = [start];
      for (let cursor = 0; cursor + every <= length; cursor += every) {
        await step('Next event', every);
        states.push(await on.state());
      }
      await step('Next event', length % every);
      assert.equal(await on.state(), end, 'after stepping all the way');
      await step('Previous event', length % every);
      for (const before of states.reverse()) {
        assert.equal(await on.state(), before, `back at ${await on.cursor()}`);
        await step('Previous event', every);
      }
    }));
}

test('stepping between events of one moment turns to the axis of steps, a press brings time back, and so does playing', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    const pressed = () => on.host.locator('.axes [aria-pressed="true"]').textContent();
    const unit = () => page.locator('.pane .axis .step').last().textContent();
    assert.equal(await pressed(), 'Time');
    await on.scrub(10);
    assert.equal(await pressed(), 'Time', 'a cursor that leaps turns to nothing');
    const head = () => page.locator('.pane .axis .head').getAttribute('d');
    await on.button('Next event').click();
    assert.equal(await pressed(), 'Steps');
    await on.state();
    assert.equal(await unit(), 'step');
    const before = await head();
    await on.button('Next event').click();
    await on.state();
    assert.notEqual(await head(), before, 'the next event of the same moment is further to the right');
    await on.speed('slow');
    await on.button('Play').click();
    await page.waitForFunction(() => document.querySelector('async-playground')?.shadowRoot?.querySelector('.axes [aria-pressed="true"]')?.textContent === 'Time');
    await on.button('To the end').click();
    await page.locator('h1').click();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await pressed(), 'Steps', 'the arrow keys step too');
    await on.button('Time').click();
    assert.equal(await pressed(), 'Time');
    await on.button('Previous event').click();
    await on.state();
    assert.deepEqual([await pressed(), await unit()], ['Time', 'ms'], 'it stays as the reader wants it');
    await on.button('Steps').click();
    await on.button('Play').click();
    assert.equal(await pressed(), 'Steps');
  }, MOVING));

test('the run that is compared is on the same axis, up to the same place', () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await ran(page);
    await on.openTools();
    await on.host.getByLabel('Compare with').selectOption({ index: 1 });
    await page.locator('.numbers table').waitFor();
    await on.button('Steps').click();
    const both = () => page.evaluate(() => [...(document.querySelector('async-playground')?.shadowRoot?.querySelectorAll('.pane .axis') ?? [])].map((axis) => axis.textContent));
    await on.state();
    const [mine, other] = await both();
    assert.ok(mine?.endsWith('step'));
    assert.equal(mine, other);
    await on.scrub(40);
    await on.state();
    const heads = await page.locator('.pane .axis .head').evaluateAll((heads) => heads.map((head) => head.getAttribute('d')?.split(' ')[0]));
    assert.equal(heads.length, 2);
    assert.equal(heads[0], heads[1]);
  }));

test('a run in real time is played as it was recorded', () =>
  site.page('ttl-cache/', async (page) => {
    const real = await playground(page);
    await real.clock('Real time');
    await real.run.click();
    // With a machine that stalls a rule of times may be broken; what is recorded is replayed all the same.
    await page.locator(OVER).waitFor();
    const lines = await real.lines();
    await real.host.getByRole('button', { name: 'To the start' }).click();
    assert.deepEqual(await real.lines(), []);
    assert.ok((await real.statuses()).every((status) => status === 'pending'));
    await real.host.getByRole('button', { name: 'To the end' }).click();
    assert.deepEqual(await real.lines(), lines);
    assert.ok((await real.statuses()).every((status) => status === 'matched'));
  }));

test('output, rules and time follow the cursor', () =>
  site.page('connection-pool/', async (page) => {
    const on = await ran(page);
    const all = await on.lines();
    for (let cursor = await on.length(); cursor >= 0; cursor -= 5) {
      await on.scrub(cursor);
      const at = Number(/· ([\d.]+) ms/.exec((await on.host.locator('.where').textContent()) ?? '')?.[1] ?? 0);
      const lines = await on.lines();
      assert.deepEqual(lines, all.slice(0, lines.length));
      assert.ok(lines.every(({ ms }) => ms <= at));
      const judged = await on.host.locator('.rules [data-state="passed"]').count();
      assert.equal(judged > 0, cursor === (await on.length()), 'rules are known to hold at the end, not before');
    }
  }));

test('a rule that is broken shows from the event on that broke it', () =>
  site.page('connection-pool/', async (page) => {
    const on = await playground(page);
    await on.program(1);
    await on.until('mistake-shown');
    const shown = await ran(page);
    const broken = () => shown.host.locator('.rules [data-state="failed"]').count();
    const atEnd = await broken();
    assert.ok(atEnd > 0);
    await shown.scrub(0);
    assert.equal(await broken(), 0);
    await shown.scrub(await shown.length());
    assert.equal(await broken(), atEnd);
  }));

test('it plays from the start to the end, pauses, and goes on from there', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    await on.speed('slow');
    await on.button('Play').click();
    await page.waitForFunction(() => {
      const slider = document.querySelector('async-playground')?.shadowRoot?.querySelector('player-controls input');
      const { value, max } = /** @type {HTMLInputElement} */ (slider);
      return Number(value) > 0 && Number(value) < Number(max);
    });
    await on.button('Pause').click();
    const paused = await on.cursor();
    assert.ok(paused > 0 && paused < (await on.length()));
    const shown = await on.state();
    await page.waitForTimeout(200);
    assert.equal(await on.state(), shown);
    await on.speed('normal');
    await on.button('Play').click();
    await on.button('Play').waitFor();
    assert.equal(await on.cursor(), await on.length());
  }, MOVING));

test('a run is played in about three seconds, and its verdict comes at the end', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    const took = await on.host.evaluate((/** @type {any} */ host) => {
      const began = performance.now();
      host.run();
      return new Promise((resolve) => host.addEventListener('verdict', () => resolve(performance.now() - began), { once: true }));
    });
    assert.ok(Number(took) >= 2900, `it took ${took} ms`);
    assert.equal(await on.state(), 'watched');
  }, MOVING));

test('a reader who moves the cursor while a run is played has its verdict, and the cursor stays', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    await on.speed('slow');
    await on.run.click();
    await on.host.locator('[data-status="matched"]').first().waitFor();
    await on.host.getByRole('button', { name: 'To the start' }).click();
    await on.until('watched');
    assert.deepEqual(await on.lines(), []);
    await on.host.getByRole('button', { name: 'To the end' }).click();
    assert.ok((await on.lines()).length > 0);
  }, MOVING));

test('with reduced motion a run is at its end at once, at any speed', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    await on.speed('slow');
    await on.run.click();
    await on.until('watched');
    await on.host.getByRole('button', { name: 'To the start' }).click();
    await on.host.getByRole('button', { name: 'Play', exact: true }).click();
    assert.ok((await on.lines()).length > 0);
  }));

test('another run is shown at its end again', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    const end = await on.state();
    await on.scrub(3);
    await on.run.click();
    await on.until('watched');
    assert.equal(await on.state(), end);
  }));

test('moving an element pauses its player', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    await on.speed('slow');
    await on.button('Play').click();
    await on.button('Pause').waitFor();
    await on.host.evaluate((host) => host.parentElement?.append(host));
    await on.button('Play').waitFor();
  }, MOVING));

test('a choice by keys is announced', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await ran(page);
    await page.locator('.pane').first().focus();
    await page.keyboard.press('ArrowDown');
    const said = await on.host.locator('playground-player .said').textContent();
    assert.equal(await on.host.locator('playground-player > [role="status"]').textContent(), said);
    assert.doesNotMatch(said ?? '', /^Click/);
  }));

test('an ellipsis of the expected output has no mark before it stands for a line', () =>
  site.page('request-id/', async (page) => {
    const on = await ran(page);
    const ellipsis = page.locator('playground-output tr[data-ellipsis]').first();
    assert.equal(await ellipsis.getAttribute('data-status'), 'matched');
    await on.scrub(0);
    await on.state();
    assert.deepEqual([...new Set(await on.statuses())], ['pending']);
    for (let cursor = 0; (await on.lines()).length < 2; cursor += 1) {
      await on.scrub(cursor);
      await on.state();
      const rows = await page.locator('playground-output tr[data-ellipsis][data-status="matched"]').count();
      const lines = await page.locator('playground-output tr[data-ellipsis][data-line]').count();
      assert.equal(rows, lines, `at ${cursor}`);
    }
  }));

test('the legend explains what is in the picture, and nothing else', () =>
  site.page('', async (page) => {
    for (const { slug } of EXERCISES) {
      await page.goto(new URL(`${slug}/`, site.url).href);
      const on = await playground(page);
      await on.program(1);
      await on.until('mistake-shown');
      await on.state();
      const wrong = await page.evaluate(() => {
        const root = /** @type {ShadowRoot} */ (document.querySelector('async-playground')?.shadowRoot);
        const picture = root.querySelector('playground-player > playground-picture');
        const area = picture?.querySelector('.sheet')?.getBoundingClientRect() ?? new DOMRect();
        const looks = [...(picture?.querySelectorAll('.legend path') ?? [])].map((sample) => sample.getAttribute('class') ?? '');
        return looks.filter((look) => {
          const marks = [...(picture?.querySelectorAll(`.sheet [class="${look}"]`) ?? [])].map((mark) => mark.getBoundingClientRect());
          return !marks.some(({ left, right, width, height }) => width + height > 1 && right > area.left && left < area.right);
        });
      });
      assert.deepEqual(wrong, [], slug);
    }
  }));
