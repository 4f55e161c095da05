// Every exercise shows its promised output, on every clock, and ends when it should.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { OVER, MOVING, playground, openSite } from './support/browser.js';
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
        const on = await playground(page);
        const promised = await on.rows.count();
        assert.ok(promised > 0, 'the expected rows are there before the run');
        await on.clock('Simulated');
        await on.run.click();
        await on.until('watched');
        const lines = await on.lines();
        assert.equal(wrongWith(slug, lines.map(({ line }) => line), { real: false }), null);
        assert.ok((await on.statuses()).every((status) => status === 'matched'));
        assert.match((await on.summary.textContent()) ?? '', new RegExp(` ${end} ms`));
        assert.ok(lines.every(({ ms }) => ms <= end));
      }));

    test('passes in real time', () =>
      site.page(`${slug}/`, async (page) => {
        const on = await playground(page);
        await on.passesInRealTime();
        const lines = await on.lines();
        assert.equal(wrongWith(slug, lines.map(({ line }) => line), { real: true }), null);
        const took = Number(/([\d.]+) ms/.exec((await on.summary.textContent()) ?? '')?.[1]);
        assert.ok(took >= end, `a timer was early: ${took} < ${end}`);
      }));
  });
}

for (const { slug } of SAMPLE) {
  test(`${slug} passes while it is played, with the lines and times of the run that is shown at once`, () =>
    site.page(`${slug}/`, async (page) => {
      const on = await playground(page);
      await on.speed('once');
      await on.run.click();
      await on.until('watched');
      const atOnce = await on.lines();
      await on.speed('normal');
      await on.run.click();
      await on.until('running');
      await on.until('watched');
      assert.deepEqual(await on.lines(), atOnce);
    }, MOVING));
}

test('serial and concurrent lines stream: they are on the page at 1.0 and at 1.1 s', () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await playground(page);
    await on.clock('Real time');
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
      await page.locator(OVER).waitFor();
      const seen = await page.evaluate(() => /** @type {{seen: Record<string, number>}} */ (/** @type {unknown} */ (globalThis)).seen);
      [serial, concurrent] = [seen.Serial ?? 0, seen.Concurrent ?? 0];
    }
    assert.ok(serial >= 1000 && serial < 1200, `the Serial line came at ${serial} ms`);
    assert.ok(concurrent - serial >= 80 && concurrent - serial < 250, `the Concurrent line came at ${concurrent} ms`);
  }));

test('rows of expected lines are there from the start, and keep their place', () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await playground(page);
    const before = await on.places();
    assert.deepEqual(await on.statuses(), ['pending', 'pending', 'pending']);
    await on.run.click();
    await on.host.locator('[data-status="matched"]').first().waitFor();
    assert.deepEqual(await on.places(), before);
    await on.until('watched');
    assert.deepEqual(await on.places(), before);
  }, MOVING));

test('a run whose speed is changed while it is played goes on at that speed', () =>
  site.page('request-handler/', async (page) => {
    const on = await playground(page);
    await on.speed('slow');
    await on.run.click();
    await on.until('running');
    await on.speed('once');
    await on.until('watched');
  }, MOVING));
