// A browser with the built site, and the things that every test does to a page.
//
// Each page is watched: an error in the console, an uncaught one, a violation of the policy or a request to another
// origin fails the test that opened it, unless it says that it expects trouble.
//
// With LATE=300 each frame comes 300 ms late, each answer of the server at most as much, and the processor is slow: a
// test that does not wait for what it asserts fails then, and not only on a busy machine.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { LATE, late } from './late.js';
import { BROWSER, launch } from './launch.js';
import { serve } from './server.js';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').BrowserContextOptions & {trouble?: boolean, init?: () => void}} Wishes
 */

/** For a page on which runs are played. */
export const MOVING = /** @type {const} */ ({ reducedMotion: 'no-preference' });

export const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));

/** Opens the browser and the site; `close` ends both. */
export async function openSite() {
  assert.ok(existsSync(DIST), 'there is no dist/: build the site first, `cargo xtask build`');
  return openServed(DIST);
}

/**
 * Opens the browser and serves a directory.
 * @param {string} directory
 * @param {Record<string, string>} [headers] instead of the strict policy
 */
export async function openServed(directory, headers) {
  const server = await serve(directory, headers);
  return opened(server.url, server.close);
}

/** Opens the browser, for the one file as it lies on the disk. */
export async function openFile() {
  const file = `${DIST}/async-playground.html`;
  assert.ok(existsSync(file), 'there is no dist/async-playground.html: build the site first, `cargo xtask build`');
  return opened(pathToFileURL(file).href, async () => {});
}

/**
 * @param {string} url
 * @param {() => Promise<void>} end
 */
export async function opened(url, end) {
  const browser = await launch();
  return {
    url,
    /**
     * Runs `work` on a page of its own, at `path` of the site or at an address of another origin. Motion is reduced, unless
     * the options are those of `MOVING`, so runs on simulated time are played at once.
     * @param {string} path
     * @param {(page: Page) => Promise<void>} work
     * @param {Wishes} [wishes]
     */
    async page(path, work, { trouble = false, init, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(15_000 + 100 * LATE);
        await late(page);
        const address = new URL(path, url).href;
        const seen = watch(page, [url, address]);
        if (init) await page.addInitScript(init);
        // By this protocol Firefox cannot be told to run no scripts, so it gets empty ones.
        if (options.javaScriptEnabled === false && BROWSER === 'firefox') {
          await page.route('**/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
        }
        const response = await page.goto(address);
        assert.equal(response?.status(), 200, `the site has no page ${path}`);
        await work(page);
        if (!trouble) assert.deepEqual(seen, [], 'the page is free of errors');
      } finally {
        await context.close();
      }
    },
    async close() {
      await browser.close();
      await end();
    },
  };
}

/**
 * @param {Page} page
 * @param {string[]} urls those whose origins may be asked
 */
function watch(page, urls) {
  /** @type {string[]} */
  const seen = [];
  // A file is a site of its own, and what an address itself contains is asked of nobody.
  const allowed = urls.map((url) => (url.startsWith('file:') ? url : `${new URL(url).origin}/`));
  page.on('console', (message) => {
    // Violations of the policy are errors of the console too.
    if (message.type() === 'error' || message.type() === 'warning') seen.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const to = request.url();
    if (!/^(data|blob):/.test(to) && !allowed.some((own) => to.startsWith(own))) seen.push(`request to ${to}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) seen.push(`${response.status()} for ${response.url()}`);
  });
  return seen;
}

/**
 * Waits until what was done before is drawn: the first frame draws, the second is after it.
 * @param {Pick<Page, 'evaluate'>} page
 */
export const drawn = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/**
 * The playground of an exercise page or a frame, once it is ready.
 * @param {Pick<Page, 'evaluate' | 'locator'>} page
 */
export async function playground(page) {
  const host = page.locator('async-playground');
  await page.locator('async-playground[data-state]').waitFor();
  // A frame tells whether there is room for the settings.
  await drawn(page);
  const rows = host.locator('tbody tr');
  // All in one go: between finding rows and reading them some may have been replaced.
  const seen = () =>
    host.evaluate((host) =>
      [...(host.shadowRoot?.querySelectorAll('tbody tr') ?? [])].map((row) => ({
        status: row.getAttribute('data-status'),
        actual: row.querySelector('td.actual code')?.textContent ?? null,
        ms: Number(row.querySelector('td.ms')?.textContent ?? ''),
        place: row.getBoundingClientRect().top + scrollY,
      })),
    );
  const openMore = () => openDrawer(host.locator('details.more'));
  return {
    host,
    rows,
    run: host.getByRole('button', { name: 'Run', exact: true }),
    stop: host.getByRole('button', { name: 'Stop', exact: true }),
    summary: host.locator('.summary'),
    note: host.locator('.note'),
    openMore,
    /** @param {'Simulated' | 'Real time'} name */
    async clock(name) {
      await openMore();
      await host.getByRole('radio', { name }).check();
    },
    /** @param {'slow' | 'normal' | 'once'} speed */
    async speed(speed) {
      await openMore();
      await host.getByLabel('Speed', { exact: true }).selectOption(speed);
    },
    /**
     * Presses the card of a program, which runs it.
     * @param {string | number} which its slug, or its place
     */
    program: (which) => (typeof which === 'number' ? host.locator('.card').nth(which) : host.locator(`.card[value="${which}"]`)).click(),
    /**
     * Chooses a program without running it, and leaves the settings.
     * @param {string} slug
     */
    async choose(slug) {
      await host.evaluate((host, program) => Object.assign(host, { program }), slug);
      await host.locator(`.card[value="${slug}"][aria-pressed="true"]`).waitFor();
    },
    /** The slug of the program that is chosen. */
    chosen: () => host.locator('.card[aria-pressed="true"]').getAttribute('value'),
    /** @param {string} state */
    until: (state) => page.locator(`async-playground[data-state="${state}"]`).waitFor(),
    state: () => host.getAttribute('data-state'),
    /**
     * Runs it in real time until it has held on time, at most five times: a machine that stalls for longer than a tolerance only
     * adds to the times, so one run without that is enough.
     */
    async passesInRealTime() {
      await openMore();
      await host.getByRole('radio', { name: 'Real time' }).check();
      for (let round = 0; round < 5; round += 1) {
        await host.getByRole('button', { name: 'Run', exact: true }).click();
        await page.locator(OVER).waitFor();
        if ((await host.locator('playground-verdict').innerText()) === 'Watched') return;
      }
      assert.fail(`never passed in real time: ${await host.locator('.summary').textContent()}`);
    },
    /** The actual lines, with their times in ms as shown. */
    lines: async () => (await seen()).flatMap(({ actual, ms }) => (actual === null ? [] : [{ line: actual, ms }])),
    statuses: async () => (await seen()).map(({ status }) => status),
    /** How far down on the page each row is. */
    places: async () => (await seen()).map(({ place }) => place),
    openSettings: () => openDrawer(host.locator('.settings details')),
    /** Turns to a panel, where each has a tab. @param {'Program' | 'Picture' | 'Output' | 'Rules'} name */
    async turn(name) {
      const tab = host.getByRole('group', { name: 'Panels' }).getByRole('button', { name });
      if (await tab.isVisible()) await tab.click();
    },
    /** Opens what zooms, compares and saves. */
    openTools: () => openDrawer(host.locator('playground-player > details')),
  };
}

/**
 * Opens a drawer, if there is one and it is closed.
 * @param {import('playwright-core').Locator} drawer
 */
async function openDrawer(drawer) {
  if ((await drawer.isVisible()) && (await drawer.getAttribute('open')) === null) await drawer.locator('summary').click();
}

/**
 * Types over what a field of numbers holds, by keys alone: to set its text at once is not possible in every browser.
 * @param {import('playwright-core').Locator} field
 * @param {string | number} value
 */
export async function type(field, value) {
  await field.press('ControlOrMeta+a');
  await field.press('Delete');
  await field.pressSequentially(String(value));
}

/** A playground whose run is over. */
export const OVER = `async-playground:is(${['passed', 'watched', 'broken', 'mistake-shown', 'stuck', 'error'].map((state) => `[data-state="${state}"]`).join(', ')})`;

/** The playground's module as seen from inside a page. @typedef {typeof import('../../../www/api/playground.js')} Module */
