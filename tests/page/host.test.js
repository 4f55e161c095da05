// What a host does to an element on its page, and when it does it: nothing is lost, told twice or left in a wrong state.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openSite } from './support/browser.js';
import { serveLessons } from './support/lessons.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {Awaited<ReturnType<typeof serveLessons>>} */
let lessons;
before(async () => {
  site = await openSite();
  const page = (/** @type {string} */ body) => ({
    html: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Lesson</title>
      <script type="module" src="${site.url}playground.js"></script><body>${body}`,
  });
  lessons = await serveLessons(() => ({
    '/one': page('<async-playground exercise="ttl-cache"><p>Meanwhile</p></async-playground>'),
    '/wrong': page('<async-playground exercise="no-such"><p>Meanwhile</p></async-playground>'),
  }));
});
after(async () => {
  await lessons.close();
  await site.close();
});

/**
 * @param {import('playwright-core').Page} page
 * @param {string} state
 */
async function until(page, state) {
  await page.locator(`async-playground[data-state="${state}"]`).first().waitFor();
}

test('an element that is put back has the exercise that was set meanwhile', () =>
  site.page(`${lessons.url}one`, async (page) => {
    await until(page, 'before');
    const names = await page.evaluate(async () => {
      const host = /** @type {any} */ (document.querySelector('async-playground'));
      const ready = () => new Promise((resolve) => host.addEventListener('ready', resolve, { once: true }));
      const names = [];
      for (const loading of [false, true]) {
        // Once at rest, and once while the one before is on its way.
        if (loading) host.exercise = 'request-id';
        host.remove();
        host.exercise = loading ? 'request-timeout' : 'health-check';
        const awake = ready();
        document.body.append(host);
        await awake;
        names.push(host.shadowRoot.querySelector('.playground').getAttribute('aria-label'));
      }
      return names;
    });
    assert.match(names[0], /[Hh]ealth/);
    assert.match(names[1], /[Tt]imeout/);
  }));

test('an unknown exercise is reported once, and keys do nothing then', () =>
  site.page(
    `${lessons.url}wrong`,
    async (page) => {
      const host = page.locator('async-playground');
      const heard = () => page.evaluate(() => /** @type {any} */ (globalThis).heard);
      await page.getByRole('alert').waitFor();
      assert.deepEqual(await heard(), ['no-such']);
      await host.evaluate((host) => host.setAttribute('exercise', 'health-check'));
      await until(page, 'before');
      await host.evaluate((host) => host.setAttribute('exercise', 'nothing'));
      await page.getByRole('alert').waitFor();
      await host.evaluate((host) => host.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true, composed: true })));
      await host.evaluate((host) => /** @type {any} */ (host).help());
      assert.deepEqual(await heard(), ['no-such', 'nothing']);
    },
    {
      init: () => {
        /** @type {string[]} */
        const heard = [];
        Object.assign(globalThis, { heard });
        addEventListener('error', (event) => void heard.push(/** @type {any} */ (event).detail.exercise));
      },
    },
  ));

test('autorun runs once, whatever else changes, and never in the middle of another run', () =>
  site.page(`${lessons.url}one`, async (page) => {
    await until(page, 'before');
    const starts = await page.evaluate(async () => {
      const host = /** @type {any} */ (document.querySelector('async-playground'));
      let starts = 0;
      host.addEventListener('start', () => (starts += 1));
      const next = (/** @type {string} */ name) => new Promise((resolve) => host.addEventListener(name, resolve, { once: true }));
      // Longer than it takes to be seen.
      const rest = async () => {
        for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
      };
      const counts = [];
      let over = next('verdict');
      Object.assign(host, { clock: 'simulated', autorun: true });
      await over;
      const refused = next('error');
      host.speed = 'fast';
      await refused;
      host.speed = 'once';
      await rest();
      document.body.prepend(host);
      await rest();
      counts.push(starts);
      over = next('verdict');
      host.autorun = false;
      await rest();
      host.autorun = true;
      await over;
      counts.push(starts);
      Object.assign(host, { clock: 'real', autorun: false });
      await rest();
      host.run();
      host.autorun = true;
      await rest();
      counts.push(starts);
      host.stop();
      return counts;
    });
    assert.deepEqual(starts, [1, 2, 3]);
  }));

test('a listener of log may end the run and start another, which has no events of the first', () =>
  site.page(`${lessons.url}one`, async (page) => {
    await until(page, 'before');
    const outcome = await page.evaluate(async () => {
      const host = /** @type {any} */ (document.querySelector('async-playground'));
      const over = new Promise((resolve) => host.addEventListener('verdict', resolve, { once: true }));
      host.run();
      // All that has come is in what the listener sees.
      const seen = await new Promise((resolve) => {
        host.addEventListener('log', (/** @type {any} */ event) => {
          const { length } = host.player;
          host.run();
          resolve([length > event.detail.events.at(-1).seq, host.player.length]);
        }, { once: true });
      });
      const { detail } = /** @type {any} */ (await over);
      return { seen, verdict: detail.report.verdict, first: host.player.recording.events[0].seq };
    });
    assert.deepEqual(outcome.seen, [true, 0]);
    assert.equal(outcome.first, 0);
  }));

test('the message that a text did not load goes when it does', () =>
  site.page(
    `${lessons.url}one`,
    async (page) => {
      await until(page, 'before');
      const host = page.locator('async-playground');
      const show = (/** @type {string} */ show) => host.evaluate((host, show) => void Object.assign(host, { show }), show);
      await page.route(/reading\.json/, (route) => route.abort());
      await show('prose');
      await host.locator('p.refusal', { hasText: 'did not load' }).waitFor();
      await page.unroute(/reading\.json/);
      await show('prose rules');
      await host.getByText('Hint 1 of 3').waitFor();
      assert.equal(await host.locator('p.refusal').count(), 0);
    },
    { trouble: true },
  ));
