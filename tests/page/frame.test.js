// An exercise in a frame on a page of another origin: as high as what is in it, commanded by its parent and nobody else.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { MOVING, openSite } from './support/browser.js';
import { serveLessons } from './support/lessons.js';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {Awaited<ReturnType<typeof serveLessons>>} */
let lessons;
before(async () => {
  site = await openSite();
  const origin = new URL(site.url).origin;
  const page = (/** @type {string} */ frame) => ({
    policy: `default-src 'none'; script-src ${origin} 'self'; frame-src ${origin} 'self'; style-src 'self'`,
    html: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Lesson</title><link rel="stylesheet" href="frames.css">
      <script type="module" src="${site.url}embed-host.js"></script><script type="module" src="heard.js"></script><body>${frame}`,
  });
  lessons = await serveLessons(() => ({
    '/frames.css': { html: '* { box-sizing: border-box } iframe { width: 100%; border: 3px solid; }' },
    '/heard.js': { html: "globalThis.heard = []; addEventListener('message', ({ data }) => heard.push(data));" },
    '/frame': page(`<iframe title="Playground" src="${site.url}ttl-cache/?embed&clock=simulated&show=prose+rules+picture"></iframe>`),
    '/beside': { html: '<!doctype html><title>Beside</title><script src="beside.js"></script>' },
    '/beside.js': {
      html: `const form = { source: 'async-playground', version: 1 };
        parent.postMessage({ ...form, type: 'height', height: 4321 }, '*');
        parent[0].postMessage({ ...form, type: 'run' }, '*');
        parent.postMessage('done', '*');`,
    },
    '/sandbox': page(`<iframe title="Playground" sandbox="allow-scripts" src="${site.url}health-check/?embed&clock=simulated"></iframe>`),
    '/wrong': page(`<iframe title="Playground" src="${site.url}ttl-cache/?embed&clock=sundial&theme=dark&utm_source=x"></iframe>`),
  }));
});
after(async () => {
  await lessons.close();
  await site.close();
});

/**
 * The frame of a page, once its playground is awake.
 * @param {Page} page
 */
async function framed(page) {
  const inside = page.frameLocator('iframe[title]');
  await inside.locator('async-playground[data-state]').waitFor();
  const frame = page.frames().find((frame) => frame.parentFrame() !== null);
  assert.ok(frame);
  return {
    inside,
    frame,
    host: inside.locator('async-playground'),
    until: (/** @type {string} */ state) => inside.locator(`async-playground[data-state="${state}"]`).waitFor(),
    /** Waits until what is in it and the frame are as high as each other: nothing to scroll, no room left over. */
    fits: () =>
      frame.waitForFunction(() => {
        const root = document.documentElement;
        const room = innerHeight - document.body.getBoundingClientRect().height;
        return root.scrollHeight <= innerHeight && root.scrollWidth <= innerWidth && room >= 0 && room < 2;
      }),
    /** @param {unknown} message */
    send: (message) => page.evaluate((message) => document.querySelector('iframe')?.contentWindow?.postMessage(message, '*'), message),
  };
}

/**
 * What the page around has heard of a type, once it has.
 * @param {Page} page
 * @param {string} type
 * @returns {Promise<any[]>}
 */
async function heard(page, type) {
  const found = await page.waitForFunction((type) => {
    const found = /** @type {any} */ (globalThis).heard.filter((/** @type {any} */ message) => message.type === type);
    return found.length > 0 && found;
  }, type);
  return found.jsonValue();
}
const form = { source: 'async-playground', version: 1 };

test('the frame shows the playground alone and is as high as it is, through hints, a run and a narrow window', () =>
  site.page(`${lessons.url}frame`, async (page) => {
    const { inside, host, until, fits } = await framed(page);
    await fits();
    for (const gone of ['.site-head', '.title', '.opening', '.sources', '.notes', '.pager', '.site-foot']) {
      assert.equal(await inside.locator(gone).first().isVisible(), false, gone);
    }
    await host.getByText('Hint 1 of 3').click();
    await host.getByText('Hint 2 of 3').click();
    await fits();
    await host.getByRole('button', { name: 'Run' }).click();
    await until('watched');
    await host.locator('playground-picture').first().waitFor();
    await fits();
    await page.setViewportSize({ width: 360, height: 700 });
    await fits();
    await host.getByText('Picture as a table').first().click();
    await fits();
    await page.setViewportSize({ width: 1280, height: 700 });
    await fits();
    const verdicts = await heard(page, 'verdict');
    assert.equal(verdicts.length, 1);
    const { elapsed, settings, ...verdict } = verdicts[0];
    assert.deepEqual(verdict, { ...form, type: 'verdict', exercise: 'ttl-cache', program: 'correct', clock: 'simulated', seed: null, verdict: 'passed', error: null });
    assert.equal(elapsed, 800);
    assert.equal(settings.callers, 5);
  }));

test('a frame with sandbox="allow-scripts" runs when its parent says so', () =>
  site.page(`${lessons.url}sandbox`, async (page) => {
    const { frame, host, until, fits, send } = await framed(page);
    assert.equal(await frame.evaluate(() => origin), 'null');
    await fits();
    await page.evaluate(() => {
      document.querySelector('iframe')?.addEventListener('verdict', (event) => /** @type {any} */ (globalThis).heard.push(['event', /** @type {CustomEvent} */ (event).detail.verdict]));
    });
    await send({ ...form, type: 'run' });
    await until('watched');
    await fits();
    await page.waitForFunction(() => /** @type {any} */ (globalThis).heard.some((/** @type {any} */ one) => one[0] === 'event' && one[1] === 'passed'));
    await send({ ...form, type: 'theme', theme: 'dark' });
    await host.locator('.frame[data-theme="dark"]').waitFor();
    assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await host.evaluate((playground) => Object.assign(playground, { speed: 'slow' }));
    await frame.waitForFunction(() => /** @type {HTMLSelectElement | null | undefined} */ (document.querySelector('async-playground')?.shadowRoot?.querySelector('#speed'))?.value === 'slow');
    await send({ ...form, type: 'run' });
    await until('running');
    await send({ ...form, type: 'stop' });
    await until('stopped');
  }, MOVING));

test('messages of another form or from another sender do nothing', () =>
  site.page(`${lessons.url}frame`, async (page) => {
    const { frame, host, until, fits, send } = await framed(page);
    await host.getByText('Hint 1 of 3').waitFor();
    await fits();
    const height = await page.locator('iframe').evaluate((element) => element.clientHeight);
    await frame.evaluate(() => {
      const heard = /** @type {any} */ (globalThis);
      heard.wrong = [];
      for (const name of ['start', 'error', 'unhandledrejection']) addEventListener(name, () => heard.wrong.push(name));
    });
    await page.evaluate((form) => {
      const inner = /** @type {Window} */ (document.querySelector('iframe')?.contentWindow);
      const wrong = [
        null, undefined, 1, 'run', [], ['run'], {}, { type: 'run' }, { ...form }, { ...form, type: 'eval', code: 'alert(1)' },
        { ...form, type: 'Run' }, { ...form, type: ['run'] }, { ...form, version: '1', type: 'run' }, { ...form, version: 2, type: 'run' },
        { source: 'other', version: 1, type: 'run' }, { ...form, type: 'theme' }, { ...form, type: 'theme', theme: 'red' },
        { ...form, type: 'theme', theme: ['dark'] }, { ...form, type: 'theme', theme: '<script>' }, { ...form, type: '__proto__' },
        { ...form, type: 'constructor' }, { ...form, type: 'height', height: 9e9 }, new Map([['type', 'run']]), new ArrayBuffer(8),
        { ...form, type: 'x'.repeat(20_000_000) }, { ...form, type: 'theme', theme: 'x'.repeat(20_000_000) },
      ];
      for (const message of wrong) inner.postMessage(message, '*');
      for (let at = 0; at < 20_000; at += 1) inner.postMessage({ ...form, type: `run${at}` }, '*');
    }, form);
    // The right form, from the frame itself and from a frame beside it: neither is its parent.
    await frame.evaluate((form) => postMessage({ ...form, type: 'run' }, '*'), form);
    await page.evaluate(() => {
      const beside = document.createElement('iframe');
      beside.src = '/beside';
      document.body.append(beside);
    });
    await page.waitForFunction(() => /** @type {any} */ (globalThis).heard.includes('done'));
    assert.equal(await host.getAttribute('data-state'), 'before');
    // Whatever was sent before this has been looked at before this.
    await send({ ...form, type: 'theme', theme: 'dark' });
    await host.locator('.frame[data-theme="dark"]').waitFor();
    assert.equal(await host.getAttribute('data-state'), 'before');
    assert.deepEqual(await frame.evaluate(() => /** @type {any} */ (globalThis).wrong), []);
    assert.equal(await page.locator('iframe').first().evaluate((element) => element.clientHeight), height);
    await send({ ...form, type: 'run' });
    await until('watched');
  }));

test('a wrong option in an address is refused in the frame and reported to the page around it', () =>
  site.page(`${lessons.url}wrong`, async (page) => {
    const { host, frame, fits } = await framed(page);
    await host.getByRole('alert').first().waitFor();
    assert.match((await host.locator('.refusal').textContent()) ?? '', /^Clock must be one of simulated, real, not "sundial"\.$/);
    await fits();
    assert.equal(await frame.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
    const told = await heard(page, 'error');
    assert.deepEqual(told[0], { ...form, type: 'error', exercise: 'ttl-cache', code: 'bad-value', message: 'clock must be one of simulated, real, not "sundial"' });
  }));
