// WebKit, which every reader on an iPhone has, beside what it runs of tests/page: an element and a frame on the page of another
// site, controls that it draws in its own way, and the module.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { DIST, MOVING, openSite, playground } from '../page/support/browser.js';
import { EXERCISES } from '../page/support/exercises.js';
import { serveLessons } from '../page/support/lessons.js';
import { serve } from '../page/support/server.js';

/** @typedef {import('../page/support/browser.js').Module} Module */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** With the policy of the guide. @type {Awaited<ReturnType<typeof serve>>} */
let asGuided;
/** @type {Awaited<ReturnType<typeof serveLessons>>} */
let lessons;
before(async () => {
  site = await openSite();
  /** @type {Record<string, string>} */
  const headers = {};
  asGuided = await serve(DIST, headers);
  const guide = await readFile(new URL('../../docs/EMBEDDING.md', import.meta.url), 'utf8');
  const policy = /Content-Security-Policy "(.*?)"/.exec(guide)?.[1] ?? '';
  headers['content-security-policy'] = policy.replaceAll('https://play.example', new URL(asGuided.url).origin);
  const head = (/** @type {string} */ script) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Lesson</title><script type="module" src="${script}"></script></head>`;
  lessons = await serveLessons(() => ({
    '/element': { html: `${head(`${site.url}playground.js`)}<body><div id="here"><async-playground exercise="ttl-cache" speed="slow"></async-playground></div><div id="there"></div>` },
    '/frame': { html: `${head(`${asGuided.url}embed-host.js`)}<body><iframe title="Playground" src="${asGuided.url}health-check/?embed&amp;autorun" sandbox="allow-scripts" width="700" height="100"></iframe>` },
  }));
});
after(async () => {
  await lessons?.close();
  await asGuided?.close();
  await site?.close();
});

test('on the page of another site a move keeps the run, a removal ends it, and keys stay inside', () =>
  site.page(
    `${lessons.url}element`,
    async (page) => {
      const on = await playground(page);
      await page.evaluate(() => {
        /** @type {string[]} */
        const heard = [];
        Object.assign(globalThis, { heard, kept: document.querySelector('async-playground') });
        addEventListener('keydown', ({ key }) => void heard.push(key));
      });
      await on.run.press('r');
      await on.until('running');
      await page.evaluate(() => document.querySelector('#there')?.append(/** @type {any} */ (globalThis).kept));
      assert.equal(await on.state(), 'running');
      for (const key of ['b', '/']) await on.stop.press(key);
      assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).heard), []);
      await page.evaluate(() => /** @type {any} */ (globalThis).kept.remove());
      await page.waitForFunction(() => /** @type {any} */ (globalThis).kept.dataset.state === 'stopped');
    },
    MOVING,
  ));

test('a frame in a sandbox runs under the policy of the guide, gets its height, and its verdict is an event of the page', () =>
  site.page(
    `${lessons.url}frame`,
    async (page) => {
      await page.evaluate(() => document.addEventListener('verdict', (event) => Object.assign(globalThis, { verdict: /** @type {CustomEvent} */ (event).detail.verdict })));
      await page.waitForFunction(() => /** @type {any} */ (globalThis).verdict === 'passed');
      await page.waitForFunction(() => (document.querySelector('iframe')?.clientHeight ?? 0) > 300);
    },
    // The frame is of an origin that is neither that of the site nor that of the page.
    { trouble: true },
  ));

test('the legend of a group stands in its row, and a number field has room for its text', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    // The styles of what can be opened are there with the picture.
    await on.run.click();
    await on.until('watched');
    const wrong = await on.host.evaluate((host) => {
      const root = /** @type {ShadowRoot} */ (host.shadowRoot);
      for (const details of root.querySelectorAll('details')) details.open = true;
      const wrong = [...root.querySelectorAll('input[type="number"]')].filter((field) => getComputedStyle(field).appearance !== 'textfield').map(({ id }) => id);
      for (const legend of root.querySelectorAll('legend')) {
        const [own, next] = [legend, legend.nextElementSibling].map((one) => one?.getBoundingClientRect());
        if (own && next && own.width > 1 && own.bottom < next.top) wrong.push(legend.textContent ?? '');
      }
      return wrong;
    });
    assert.deepEqual(wrong, []);
  }));

test('the module runs every exercise', () =>
  site.page('', async (page) => {
    const verdicts = await page.evaluate(async (address) => {
      const { ready, catalogue, run } = /** @type {Module} */ (await import(address));
      await ready();
      const verdicts = [];
      for (const { slug } of catalogue()) verdicts.push((await run(slug)).verdict);
      return verdicts;
    }, `${site.url}playground.js`);
    assert.deepEqual(verdicts, EXERCISES.map(() => 'passed'));
  }));
