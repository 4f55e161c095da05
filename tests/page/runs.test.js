// Every exercise shows its promised transcript, on every clock, and ends when it should.

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
        await on.clock('Live');
        await on.run.click();
        await on.until('passed');
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
      const seen = /** @type {Record<string, number>} */ ({});
      Object.assign(globalThis, { seen });
      let began = 0;
      host.addEventListener('start', () => (began = performance.now()));
      const look = () => {
        for (const code of host.shadowRoot?.querySelectorAll('td.actual code') ?? []) {
          const word = (code.textContent ?? '').split(':')[0] ?? '';
          seen[word] ??= performance.now() - began;
        }
      };
      new MutationObserver(look).observe(/** @type {ShadowRoot} */ (host.shadowRoot), { childList: true, subtree: true });
    });
    await on.run.click();
    await on.until('passed');
    const seen = await page.evaluate(() => /** @type {{seen: Record<string, number>}} */ (/** @type {unknown} */ (globalThis)).seen);
    const [serial = 0, concurrent = 0] = [seen.Serial, seen.Concurrent];
    assert.ok(serial >= 1000 && serial < 1200, `the Serial line came at ${serial} ms`);
    assert.ok(concurrent - serial >= 80 && concurrent - serial < 250, `the Concurrent line came at ${concurrent} ms`);
  }));

test('rows of expected lines are there from the start, and keep their place', () =>
  site.page('concurrent-requests/', async (page) => {
    const on = await bench(page);
    const places = () => on.rows.evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().top + scrollY));
    const before = await places();
    assert.deepEqual(await on.statuses(), ['pending', 'pending', 'pending']);
    await on.run.click();
    await on.host.locator('[data-status="matched"]').first().waitFor();
    assert.deepEqual(await places(), before);
    await on.until('passed');
    assert.deepEqual(await places(), before);
  }));
