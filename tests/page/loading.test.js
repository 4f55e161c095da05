// What a page asks for: before Run no more than the first load may be, and the full module only when it is needed.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { OVER, MOVING, playground, drawn, openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';

const ROOT = new URL('../../', import.meta.url);
const DIST = new URL('dist/', ROOT);
const CONFIG = readFileSync(new URL('wasm-pack.toml', ROOT), 'utf8');
const KIB = Number(/^first-load-kib = (\d+)$/m.exec(CONFIG)?.[1]);
/** Of a page that is over the budget its own limit. @param {string} slug */
const limit = (slug) => Number(new RegExp(`^${slug} = (\\d+)$`, 'm').exec(CONFIG)?.[1] ?? KIB) * 1024;
const FULL = /\/async_playground(_bg\.wasm|\.js)/;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/**
 * Keeps the paths, within the site, of all that a page asks for.
 * @param {import('playwright-core').Page} page
 */
function asked(page) {
  /** @type {Set<string>} */
  const paths = new Set();
  page.on('request', (request) => {
    const path = request.url().slice(site.url.length).split('?')[0] ?? '';
    paths.add(path === '' || path.endsWith('/') ? `${path}index.html` : path);
  });
  return paths;
}

/**
 * Keeps files, those of the full module unless others are named, from the page until `open` is called, and then lets
 * them come unless something else is to be done.
 * @param {import('playwright-core').Page} page
 * @param {RegExp} [files]
 * @param {(route: import('playwright-core').Route) => Promise<void>} [then]
 */
async function hold(page, files = FULL, then = (route) => route.continue()) {
  let open = () => {};
  const opened = new Promise((resolve) => (open = () => resolve(undefined)));
  await page.route(files, async (route) => {
    await opened;
    await then(route);
  });
  return open;
}

/** @param {Iterable<string>} paths */
function weight(paths) {
  const bytes = [...paths].map((path) => {
    const file = fileURLToPath(new URL(`dist/${path}`, ROOT));
    return statSync(existsSync(`${file}.br`) ? `${file}.br` : file).size;
  });
  return bytes.reduce((sum, size) => sum + size, 0);
}

for (const { slug } of EXERCISES) {
  test(`${slug}: its first load is within the budget, with its own lean module and no other`, () =>
    site.page('', async (page) => {
      const paths = asked(page);
      /** @type {string[]} */
      const modules = [];
      page.on('request', (request) => void (request.url().endsWith('.wasm') && modules.push(request.url().slice(site.url.length))));
      await page.goto(`${site.url}${slug}/`, { waitUntil: 'networkidle' });
      await playground(page);
      assert.deepEqual(modules.map((path) => path.split('/').at(-1)), [`${slug.replaceAll('-', '_')}_bg.wasm`]);
      const bytes = weight(paths);
      assert.ok(bytes <= limit(slug), `${bytes} bytes in ${paths.size} files: ${[...paths].join(', ')}`);
    }));
}

test('no module tells where it was built', () => {
  // Pyodide's module is as its makers have built it.
  const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.wasm') && !file.includes('pyodide'));
  assert.ok(files.length > 0);
  for (const file of files) {
    const text = readFileSync(new URL(file, DIST), 'latin1');
    for (const place of [homedir(), fileURLToPath(ROOT), 'registry/src']) {
      assert.ok(!text.includes(place), `${place} is in ${file}`);
    }
  }
});

test('pages without a playground load no module', () =>
  site.page('', async (page) => {
    const paths = asked(page);
    for (const path of ['', 'ttl-cache/mistakes/', 'patterns/ttl_cache/']) {
      await page.goto(`${site.url}${path}`, { waitUntil: 'networkidle' });
    }
    assert.deepEqual([...paths].filter((path) => path.endsWith('.wasm')), []);
  }));

test('the full module is loaded when the reader turns to the playground, and then runs everything', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    const loaded = page.waitForResponse((response) => FULL.test(response.url()) && response.url().endsWith('.wasm'));
    await on.run.hover();
    await loaded;
    await on.clock('Simulated');
    await on.run.click();
    await on.until('watched');
  }));

test('a run does not wait for the full module, only its judgement does', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    const open = await hold(page);
    await on.clock('Simulated');
    const promised = await on.rows.count();
    await on.run.click();
    await on.host.locator('tbody td.actual code').nth(promised - 1).waitFor();
    assert.equal(await on.state(), 'running');
    open();
    await on.until('watched');
    await on.host.locator('tbody tr[data-status="matched"]').nth(promised - 1).waitFor();
    assert.ok((await on.host.locator('.rules [data-state="passed"]').count()) > 0, 'the rules are judged');
  }));

test('a run can be stopped while its rules wait for the full module, and a mistake waits for it', () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      const on = await playground(page);
      await page.route(FULL, (route) => route.abort());
      await on.clock('Simulated');
      await on.run.click();
      await on.until('error');
      assert.match((await on.note.textContent()) ?? '', /did not load/);
      await page.unroute(FULL);
      const open = await hold(page);
      await on.run.click();
      await on.until('running');
      await on.stop.click();
      await on.until('stopped');
      await on.choose('check-then-fetch');
      await on.run.click();
      await on.until('running');
      open();
      await page.locator(OVER).waitFor();
      assert.ok((await on.lines()).length > 0, 'the mistake has run');
    },
    { trouble: true },
  ));

test('Run can be pressed before its module is there, and waits for it', () =>
  site.page('', async (page) => {
    const open = await hold(page, /_bg\.wasm/);
    await page.goto(`${site.url}request-handler/`, { waitUntil: 'commit' });
    const on = await playground(page);
    await on.clock('Simulated');
    await on.run.click();
    await on.until('running');
    assert.equal(await on.host.locator('td.actual code').count(), 0);
    open();
    await on.until('watched');
  }));

test('a module is warmed up when the page is idle, without a trace on the page', () =>
  site.page('', async (page) => {
    const paths = asked(page);
    await page.addInitScript(() => {
      const seen = { ready: false, runs: 0, told: 0, idle: /** @type {(() => void)[]} */ ([]) };
      Object.assign(globalThis, { seen });
      // Idle moments come when they are let.
      globalThis.requestIdleCallback = (work) => seen.idle.push(() => work({ didTimeout: false, timeRemaining: () => 50 }));
      // A run begins in a microtask of its own.
      const queue = globalThis.queueMicrotask;
      globalThis.queueMicrotask = (work) => {
        seen.runs += 1;
        queue(work);
      };
      document.addEventListener('ready', () => (seen.ready = true));
      for (const name of ['start', 'log', 'verdict', 'error']) document.addEventListener(name, () => (seen.told += 1));
    });
    await page.goto(`${site.url}ttl-cache/`);
    const on = await playground(page);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).seen.ready);
    const seen = () => page.evaluate(() => /** @type {{runs: number, told: number}} */ (/** @type {any} */ (globalThis).seen));
    assert.equal((await seen()).runs, 0, 'not while anything waits');
    await page.evaluate(() => /** @type {any} */ (globalThis).seen.idle.forEach((/** @type {() => void} */ work) => work()));
    await page.waitForFunction(() => /** @type {any} */ (globalThis).seen.runs > 0);
    await drawn(page);
    assert.equal((await seen()).told, 0);
    assert.equal(await on.state(), 'before');
    assert.equal((await on.lines()).length, 0);
    assert.deepEqual([...paths].filter((path) => FULL.test(path)), []);
    await on.clock('Simulated');
    await on.run.click();
    await on.until('watched');
    assert.ok((await seen()).told > 0, 'of a run that somebody asked for everybody hears');
  }));

test('a script for options that does not load is reported at the head of the playground, which works without it', () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      const on = await playground(page);
      await on.speed('slow');
      await on.run.click();
      await on.until('running');
      await page.route(/options\.js/, (route) => route.abort());
      await on.host.evaluate((host) => host.setAttribute('theme', 'dark'));
      await on.host.locator('.refusal:not([hidden])').waitFor();
      await on.stop.click();
      await on.until('stopped');
      await page.unroute(/options\.js/);
      // A browser may remember for as long as the page that an import has failed.
      await page.reload();
      await playground(page);
      await on.host.evaluate((host) => host.setAttribute('theme', 'light'));
      await on.host.locator('.frame[data-theme="light"]').waitFor();
      assert.equal(await on.host.locator('.refusal').isVisible(), false);
    },
    { ...MOVING, trouble: true },
  ));

test('a lean module that does not load is not missed where the full one is there', () =>
  site.page(
    '',
    async (page) => {
      const fail = await hold(page, /\/ttl_cache_bg\.wasm/, (route) => route.abort());
      await page.addInitScript(() => {
        for (const name of ['ready', 'error']) document.addEventListener(name, () => void (document.title = name));
      });
      await page.goto(`${site.url}ttl-cache/`, { waitUntil: 'commit' });
      const on = await playground(page);
      await on.program(1);
      await on.clock('Simulated');
      await on.run.click();
      await page.locator(OVER).waitFor();
      fail();
      await page.waitForFunction(() => ['ready', 'error'].includes(document.title));
      assert.equal(await page.title(), 'ready');
    },
    { trouble: true },
  ));
