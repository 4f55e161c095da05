// The site kept for offline use: only when it is asked for, whole, exchanged with the next build, and removed again.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { DIST, playground, opened, openServed } from './support/browser.js';
import { refused } from './support/refused.js';
import { serve } from './support/server.js';

/** @typedef {import('playwright-core').Page} Page */

/** A copy, since a new build of the site is made of it. @type {string} */
let copy;
before(async () => {
  copy = await mkdtemp(join(tmpdir(), 'async-playground-site-'));
  await cp(DIST, copy, { recursive: true });
});
after(() => rm(copy, { recursive: true }));

/** @param {Page} page */
function offlineSwitch(page) {
  const part = page.locator('offline-switch');
  return {
    part,
    open: () => page.getByText('Keep for offline use').click(),
    button: (/** @type {string} */ name) => part.getByRole('button', { name }),
    until: (/** @type {string} */ state) => page.locator(`offline-switch[data-state="${state}"]`).waitFor({ timeout: 60_000 }),
  };
}

const caches = (/** @type {Page} */ page) => page.evaluate(() => globalThis.caches.keys());

/**
 * Keeps the site for offline use.
 * @param {import('playwright-core').Page} page
 */
async function kept(page) {
  const offline = offlineSwitch(page);
  await offline.open();
  await offline.until('off');
  await offline.button('Keep').click();
  await offline.until('on');
  return offline;
}

test('what has been kept runs when the server is gone, and until then nothing is kept', async () => {
  const server = await serve(copy);
  const site = await opened(server.url, async () => {});
  try {
    await site.page('ttl-cache/', async (page) => {
      await playground(page);
      assert.deepEqual(await caches(page), []);
      await kept(page);
      await server.close();

      await page.goto(`${site.url}circuit-breaker/?clock=simulated`);
      const on = await playground(page);
      await on.run.click();
      await on.until('watched');
      await page.locator('playground-picture').first().waitFor();
      await page.goto(site.url);
      await page.locator('.card a').first().click();
      const other = await playground(page);
      await other.run.click();
      await other.until('watched');
    });
  } finally {
    await site.close();
  }
});

test('Python is stored only on request, and then runs without the server', async () => {
  const server = await serve(copy);
  const site = await opened(server.url, async () => {});
  try {
    await site.page('ttl-cache/', async (page) => {
      const offline = await kept(page);
      assert.equal((await caches(page)).length, 1);
      await offline.button('Keep Python').click();
      await page.locator('offline-switch[data-python="on"]').waitFor({ timeout: 60_000 });
      await server.close();

      await page.goto(`${site.url}request-handler/`);
      const verdict = await page.evaluate(async (address) => {
        const { run } = await import(address);
        return (await run('request-handler', { program: 'answer' })).verdict;
      }, `${site.url}playground.js`);
      assert.equal(verdict, 'passed');
      await page.goto(site.url);
      await offline.open();
      await page.locator('offline-switch[data-python="on"]').waitFor();
      await offline.button('Remove').click();
      await offline.until('off');
      assert.deepEqual(await caches(page), []);
    });
  } finally {
    await site.close();
  }
});

test('Python that is stored in part is not said to be stored, and what keeps it from being stored stands beside it alone', async () => {
  const server = await serve(copy);
  const site = await opened(server.url, async () => {});
  try {
    await site.page(
      '',
      async (page) => {
        const offline = await kept(page);
        const part = `async-playground ${site.url} ${(await readdir(join(copy, 'assets'))).find((name) => name.startsWith('pyodide-'))}`;
        await page.evaluate(async (name) => void (await globalThis.caches.open(name)), part);
        await page.reload();
        await offline.open();
        await page.locator('offline-switch[data-python="off"]').waitFor();

        // A new build completes it.
        const worker = join(copy, 'sw.js');
        await writeFile(worker, (await readFile(worker, 'utf8')).replace(/version:"\w+"/, 'version:"whole"'));
        await page.evaluate(async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          await registration?.update();
          while (registration?.waiting === null) await new Promise((resolve) => setTimeout(resolve, 20));
        });
        assert.notEqual(await page.evaluate(async (name) => (await (await globalThis.caches.open(name)).keys()).length, part), 0);

        await page.evaluate((name) => globalThis.caches.delete(name), part);
        await server.close();
        await offline.button('Keep Python').click();
        await page.locator('offline-switch[data-python="failed"]').waitFor();
        assert.match(await offline.part.innerText(), /All pages and exercises are stored.*Remove.*Python was not stored: .*Keep Python/s);
      },
      { trouble: true },
    );
  } finally {
    await site.close();
  }
});

test('removing while Python is being stored leaves nothing, in the browser and on the page', async () => {
  const site = await openServed(copy);
  try {
    await site.page('', async (page) => {
      const offline = await kept(page);
      // A slow network.
      await page.evaluate(() => {
        const { addAll } = Cache.prototype;
        Cache.prototype.addAll = async function (requests) {
          await new Promise((resolve) => Object.assign(globalThis, { goOn: resolve }));
          const adding = addAll.call(this, requests);
          Object.assign(globalThis, { added: adding.then(() => {}, () => {}) });
          return adding;
        };
      });
      await offline.button('Keep Python').click();
      await page.locator('offline-switch[data-python="busy"]').waitFor();
      await page.waitForFunction(() => 'goOn' in globalThis);
      await offline.button('Remove').click();
      await offline.until('off');
      await page.evaluate(async () => {
        const { goOn } = /** @type {any} */ (globalThis);
        goOn();
        await Promise.resolve();
        await /** @type {any} */ (globalThis).added;
        await new Promise((resolve) => setTimeout(resolve));
      });
      assert.deepEqual(await caches(page), []);
      assert.equal(await offline.part.getAttribute('data-state'), 'off');
      assert.doesNotMatch(await offline.part.innerText(), /Python/);
    });
  } finally {
    await site.close();
  }
});

test('a new build takes the place of the old one, and removing leaves nothing', async () => {
  const site = await openServed(copy);
  try {
    await site.page('', async (page) => {
      const offline = await kept(page);
      const [before = ''] = await caches(page);
      const worker = join(copy, 'sw.js');
      const text = await readFile(worker, 'utf8');
      await writeFile(worker, text.replace(before.split(' ').at(-1) ?? '', 'another'));
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
      await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistration())?.waiting);
      assert.equal((await caches(page)).length, 2, 'the old one serves as long as a page of it is open');
      await page.goto('about:blank');
      await page.goto(site.url);
      await page.waitForFunction(async () => {
        const names = await globalThis.caches.keys();
        return names.length === 1 && names[0]?.endsWith(' another');
      });

      await offline.open();
      await offline.until('on');
      await offline.button('Remove').click();
      await offline.until('off');
      // The worker is still there for this page, and keeps nothing of what it asks for.
      await page.evaluate(() => fetch(/** @type {HTMLScriptElement} */ (document.querySelector('script[src]')).src));
      assert.deepEqual(await caches(page), []);
      assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
    });
  } finally {
    await site.close();
  }
});

test('where nothing may be kept the page is as ever, and says so when it is asked', async () => {
  const site = await openServed(copy);
  try {
    await site.page(
      'ttl-cache/',
      async (page) => {
        const on = await playground(page);
        await on.clock('Simulated');
        await on.run.click();
        await on.until('watched');
        const offline = offlineSwitch(page);
        await offline.open();
        await offline.until('no');
        assert.match(await offline.part.innerText(), /keeps no pages for offline use here.*refused/);
        assert.equal(await offline.part.getByRole('button').count(), 0);
      },
      { init: refused },
    );
  } finally {
    await site.close();
  }
});

test('nothing is said to be stored before it is', async () => {
  const site = await openServed(copy);
  try {
    await site.page('', async (page) => {
      await page.evaluate((scope) => {
        const installing = Object.assign(new EventTarget(), { state: 'installing' });
        Object.assign(globalThis, { installing });
        Object.assign(navigator.serviceWorker, { getRegistrations: async () => [{ scope, active: null, waiting: null, installing }] });
      }, site.url);
      const offline = offlineSwitch(page);
      await offline.open();
      await offline.until('busy');
      await page.evaluate(() => {
        const { installing } = /** @type {any} */ (globalThis);
        installing.state = 'activated';
        installing.dispatchEvent(new Event('statechange'));
      });
      await offline.until('on');
    });
  } finally {
    await site.close();
  }
});
