// What a reader sees of a run, in figures: `node bench/web/picture.js` prints them. Needs node_modules and the site in dist/.

import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { EXERCISES } from '../../tests/page/support/exercises.js';
import { serve } from '../../tests/page/support/server.js';

/** @typedef {import('playwright-core').Page} Page */

const OVER = 'async-playground:is([data-state="watched"], [data-state="mistake-shown"], [data-state="stuck"], [data-state="broken"])';
/** The large run that is played and scrubbed. */
const LARGE = { slug: 'concurrent-requests', query: '?setting.n=100000', tasks: 100_000 };
const SCRUBS = 100;
const STARTS = 10;
/** One frame of a screen with 60 a second, in ms. */
const FRAME = 1000 / 60;
const LONGEST = 300_000;

const site = await serve(fileURLToPath(new URL('../../dist', import.meta.url)));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});

/**
 * Opens a page whose runs are played.
 * @template T
 * @param {string} path
 * @param {(page: Page) => Promise<T>} work
 */
async function visit(path, work) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'no-preference' });
  const page = await context.newPage();
  page.setDefaultTimeout(LONGEST);
  await page.goto(site.url + path);
  await page.locator('async-playground[data-state="before"]').waitFor();
  const result = await work(page);
  await context.close();
  return result;
}

/** @param {Page} page */
const run = (page) => page.locator('async-playground').getByRole('button', { name: 'Run', exact: true });

/** @param {Page} page */
async function shifts(page) {
  await page.evaluate(() => {
    const found = { own: 0, all: 0 };
    Object.assign(globalThis, { found });
    new PerformanceObserver((list) => {
      for (const entry of /** @type {any[]} */ (list.getEntries())) {
        found.all += entry.value;
        if (!entry.hadRecentInput) found.own += entry.value;
      }
    }).observe({ type: 'layout-shift' });
  });
  await run(page).click();
  await page.locator(OVER).waitFor();
  await page.waitForTimeout(300);
  const box = await page.locator('playground-picture .sheet').first().boundingBox();
  const { own, all } = await page.evaluate(() => /** @type {any} */ (globalThis).found);
  return { top: box?.y ?? NaN, bottom: (box?.y ?? NaN) + (box?.height ?? NaN), scrolled: await page.evaluate(() => scrollY), own, all };
}

/** Presses Run; returns the times between the frames until the run is over, in ms. @param {Page} page */
async function frames(page) {
  return page.evaluate(async () => {
    const host = /** @type {any} */ (document.querySelector('async-playground'));
    host.run();
    while (host.player?.playing !== true) await new Promise(requestAnimationFrame);
    /** @type {number[]} */
    const gaps = [];
    let last = performance.now();
    while (host.player.playing) {
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      gaps.push(now - last);
      last = now;
    }
    return gaps;
  });
}

/** Moves the slider over the whole run; returns how long each move took until it was drawn, in ms. @param {Page} page */
async function scrubs(page) {
  return page.evaluate(async (count) => {
    const root = /** @type {ShadowRoot} */ (document.querySelector('async-playground')?.shadowRoot);
    const slider = /** @type {HTMLInputElement} */ (root.querySelector('player-controls input'));
    const drawn = () => new Promise((resolve) => requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(undefined);
      port2.postMessage(null);
    }));
    const took = [];
    for (let place = 0; place < count; place += 1) {
      // What the move before has left for later is done.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await drawn();
      const began = performance.now();
      slider.value = String(Math.round((Number(slider.max) * (place + 0.5)) / count));
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      const called = performance.now() - began;
      const before = performance.now();
      await drawn();
      took.push({ called, drawn: performance.now() - before });
    }
    return took;
  }, SCRUBS);
}

/** From the last event of a run until the play head has moved, in ms. @param {Page} page */
async function firstMove(page) {
  return page.evaluate(async () => {
    const host = /** @type {any} */ (document.querySelector('async-playground'));
    const turn = () => new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(undefined);
      port2.postMessage(null);
    });
    const before = host.player?.recording;
    host.run();
    while (!host.player?.recording || host.player.recording === before || host.player.recording.ended === null) await turn();
    const computed = performance.now();
    const head = () => host.shadowRoot.querySelector('playground-picture .head-line')?.getAttribute('d');
    while (head() === undefined || host.player.time === 0) await new Promise(requestAnimationFrame);
    const first = head();
    while (head() === first) await new Promise(requestAnimationFrame);
    return performance.now() - computed;
  });
}

/** @param {number[]} values */
const sorted = (values) => values.toSorted((a, b) => a - b);
/** @param {number[]} values @param {number} share */
const at = (values, share) => sorted(values)[Math.min(Math.floor(values.length * share), values.length - 1)] ?? NaN;
/** @param {number[]} values */
const spread = (values) => `median ${at(values, 0.5).toFixed(1)} ms, 95 % ${at(values, 0.95).toFixed(1)} ms, most ${at(values, 1).toFixed(1)} ms`;

try {
  console.log('After Run at 1280 x 720: the picture, and the layout shift of the run (beside it: with what follows the press)');
  for (const { slug } of EXERCISES) {
    const { top, bottom, scrolled, own, all } = await visit(`${slug}/`, shifts);
    console.log(`  ${slug.padEnd(20)} from ${top.toFixed(0)} to ${bottom.toFixed(0)} px, scrolled ${scrolled} px; shift ${own.toFixed(4)} (${all.toFixed(4)})`);
  }
  const moves = await visit('ttl-cache/', async (page) => {
    const times = [];
    for (let turn = 0; turn < STARTS; turn += 1) {
      times.push(await firstMove(page));
      await page.locator(OVER).waitFor();
    }
    return times;
  });
  console.log(`From the computed run to the first moving frame, ttl-cache: the first ${moves[0]?.toFixed(1)} ms, then ${spread(moves.slice(1))}`);
  const large = await visit(`${LARGE.slug}/${LARGE.query}`, async (page) => {
    const gaps = await frames(page);
    await page.locator(OVER).waitFor();
    return { gaps, took: await scrubs(page) };
  });
  const dropped = large.gaps.reduce((sum, gap) => sum + Math.max(Math.round(gap / FRAME) - 1, 0), 0);
  console.log(`Playing ${LARGE.tasks} tasks: ${large.gaps.length} frames, ${dropped} dropped; between two: ${spread(large.gaps)}`);
  console.log(`Scrubbing ${LARGE.tasks} tasks, ${SCRUBS} moves: handling ${spread(large.took.map(({ called }) => called))}; until drawn ${spread(large.took.map(({ drawn }) => drawn))}`);
} finally {
  await browser.close();
  await site.close();
}
