// Every exercise shows its promised output, on every clock, and ends when it should.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { bench, openSite } from './support/browser.js';
import { EXERCISES, SAMPLE, wrongWith } from './support/exercises.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

for (const { slug, end } of EXERCISES) {
  describe(slug, () => {
    test('passes at once, with the promised lines and end', () =>
      site.page(`${slug}/`, async (page) => {
        const on = await bench(page);
        const promised = await on.rows.count();
        assert.ok(promised > 0, 'the expected rows are there before the run');
        await on.clock('Instant');
        await on.run.click();
        await on.until('passed');
        const lines = await on.lines();
        assert.equal(wrongWith(slug, lines.map(({ line }) => line), { live: false }), null);
        assert.ok((await on.statuses()).every((status) => status === 'matched'));
        assert.match((await on.summary.textContent()) ?? '', new RegExp(` ${end} ms`));
        assert.ok(lines.every(({ ms }) => ms <= end));
      }));

    test('passes live', () =>
      site.page(`${slug}/`, async (page) => {
        const on = await bench(page);
        await on.passesLive();
        const lines = await on.lines();
        assert.equal(wrongWith(slug, lines.map(({ line }) => line), { live: true }), null);
        const took = Number(/([\d.]+) ms/.exec((await on.summary.textContent()) ?? '')?.[1]);
        assert.ok(took >= end, `a timer was early: ${took} < ${end}`);
      }));
  });
}

for (const { slug } of SAMPLE) {
  test(`${slug} passes slowly, with the lines and times of the instant run`, () =>
    site.page(`${slug}/`, async (page) => {
      const on = await bench(page);
      await on.clock('Instant');
      await on.run.click();
      await on.until('passed');
      const instant = await on.lines();
      await on.clock('Slow');
      await on.speed(4);
      await on.run.click();
      await on.until('passed');
      assert.deepEqual(await on.lines(), instant);
    }));
}

test('serial and concurrent lines stream: they are on the page at 1.0 and at 1.1 s', () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await bench(page);
    await on.clock('Live');
    await on.host.evaluate((host) => {
      let seen = /** @type {Record<string, number>} */ ({});
      let began = 0;
      host.addEventListener('start', () => {
        began = performance.now();
        seen = {};
        Object.assign(globalThis, { seen });
      });
      const look = () => {
        for (const code of host.shadowRoot?.querySelectorAll('td.actual code') ?? []) {
          const word = (code.textContent ?? '').split(':')[0] ?? '';
          seen[word] ??= performance.now() - began;
        }
      };
      new MutationObserver(look).observe(/** @type {ShadowRoot} */ (host.shadowRoot), { childList: true, subtree: true });
    });
    let [serial, concurrent] = [0, 0];
    const late = () => serial >= 1200 || concurrent - serial < 80 || concurrent - serial >= 250;
    // A stall of the machine makes one line or both late: of a few runs, one without it is enough.
    for (let round = 0; round === 0 || (round < 5 && late()); round += 1) {
      await on.run.click();
      await page.locator('async-playground:is([data-state="passed"], [data-state="failed"])').waitFor();
      const seen = await page.evaluate(() => /** @type {{seen: Record<string, number>}} */ (/** @type {unknown} */ (globalThis)).seen);
      [serial, concurrent] = [seen.Serial ?? 0, seen.Concurrent ?? 0];
    }
    assert.ok(serial >= 1000 && serial < 1200, `the Serial line came at ${serial} ms`);
    assert.ok(concurrent - serial >= 80 && concurrent - serial < 250, `the Concurrent line came at ${concurrent} ms`);
  }));

test('rows of expected lines are there from the start, and keep their place', () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await bench(page);
    const before = await on.places();
    assert.deepEqual(await on.statuses(), ['pending', 'pending', 'pending']);
    await on.clock('Slow');
    await on.speed(0.5);
    await on.run.click();
    await on.host.locator('[data-status="matched"]').first().waitFor();
    assert.deepEqual(await on.places(), before);
    await on.until('passed');
    assert.deepEqual(await on.places(), before);
  }));

test('a speed that is being typed changes nothing until it is one', () =>
  site.page('request-handler/?setting.query_ms=200', async (page) => {
    const on = await bench(page);
    await on.clock('Slow');
    // Eight seconds long, and at the speed of real time over in less than half a one.
    await on.speed(0.05);
    await on.run.click();
    await on.until('running');
    await on.host.getByLabel('Speed', { exact: true }).fill('');
    await page.waitForTimeout(600);
    assert.equal(await on.state(), 'running');
    await on.stop.click();
  }));
