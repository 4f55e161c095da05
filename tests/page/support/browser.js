// Chromium with the built site, and the things that every test does to a page.
//
// Each page is watched: an error in the console, an uncaught one, a violation of the policy or a request to another
// origin fails the test that opened it, unless it says that it expects trouble.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { serve } from './server.js';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').BrowserContextOptions & {trouble?: boolean, init?: () => void}} Wishes
 */

const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens the browser and the site; `close` ends both. */
export async function openSite() {
  assert.ok(existsSync(DIST), 'there is no dist/: build the site first, `cargo xtask build`');
  const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
  assert.ok(executablePath, `there is no Chromium: set CHROMIUM to its path, or install it in ${PLACES[0]}`);
  const server = await serve(DIST);
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  return {
    url: server.url,
    /**
     * Runs `work` on a page of its own, at `path` of the site.
     * @param {string} path
     * @param {(page: Page) => Promise<void>} work
     * @param {Wishes} [wishes]
     */
    async page(path, work, { trouble = false, init, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(15_000);
        const seen = watch(page, server.url);
        if (init) await page.addInitScript(init);
        const response = await page.goto(server.url + path);
        assert.equal(response?.status(), 200, `the site has no page ${path}`);
        await work(page);
        if (!trouble) assert.deepEqual(seen, [], 'the page is free of errors');
      } finally {
        await context.close();
      }
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/**
 * @param {Page} page
 * @param {string} url
 */
function watch(page, url) {
  /** @type {string[]} */
  const seen = [];
  const origin = new URL(url).origin;
  page.on('console', (message) => {
    // Violations of the policy are errors of the console too.
    if (message.type() === 'error' || message.type() === 'warning') seen.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) seen.push(`request to ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) seen.push(`${response.status()} for ${response.url()}`);
  });
  return seen;
}

/**
 * The bench of an exercise page, once it is awake.
 * @param {Page} page
 */
export async function bench(page) {
  const host = page.locator('async-playground');
  await page.locator('async-playground[data-state]').waitFor();
  const rows = host.locator('tbody tr');
  return {
    host,
    rows,
    run: host.getByRole('button', { name: 'Run' }),
    stop: host.getByRole('button', { name: 'Stop' }),
    summary: host.locator('.summary'),
    note: host.locator('.note'),
    /** @param {'Live' | 'Instant' | 'Slow'} name */
    clock: (name) => host.getByRole('radio', { name }).check(),
    /** @param {number} speed */
    speed: (speed) => host.getByLabel('Speed', { exact: true }).fill(String(speed)),
    /** @param {string} state */
    until: (state) => page.locator(`async-playground[data-state="${state}"]`).waitFor(),
    state: () => host.getAttribute('data-state'),
    /** The actual lines, with their times in ms as shown. */
    lines: () =>
      rows.evaluateAll((found) =>
        found.flatMap((row) => {
          const code = row.querySelector('td.actual code');
          const ms = row.querySelector('td.ms')?.textContent ?? '';
          return code === null ? [] : [{ line: code.textContent ?? '', ms: Number(ms) }];
        }),
      ),
    statuses: () => rows.evaluateAll((found) => found.map((row) => row.getAttribute('data-status'))),
    async openKnobs() {
      const drawer = host.locator('details.knobs');
      if ((await drawer.getAttribute('open')) === null) await drawer.locator('summary').click();
    },
  };
}

/** The playground's module as seen from inside a page. @typedef {typeof import('../../../www/playground.js')} Module */
