// What an element and a frame do to the page of somebody else, and that page to them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { DIST, MOVING, openSite } from './support/browser.js';
import { LONG, editor } from './support/editor.js';
import { serveLessons } from './support/lessons.js';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {Awaited<ReturnType<typeof serveLessons>>} */
let lessons;
before(async () => {
  site = await openSite();
  const head = (/** @type {string} */ script) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Lesson</title>
    <link rel="icon" href="data:,"><script type="module" src="${site.url}${script}"></script>`;
  const element = '<async-playground exercise="ttl-cache"><p>Meanwhile</p></async-playground>';
  const frame = (/** @type {string} */ query) => `<iframe title="Playground" src="${site.url}health-check/?embed${query}" sandbox="allow-scripts" width="700" height="400"></iframe>`;
  const copy = await readFile(`${DIST}/embed-host.js`, 'utf8');
  lessons = await serveLessons(() => ({
    '/element': { html: `${head('playground.js')}<body><p id="host" tabindex="0">Lesson</p><div id="here">${element}</div><div id="there"></div>` },
    '/frame': { html: `${head('embed-host.js')}<body>${frame('')}${frame('&theme=light')}${frame('&theme=auto')}` },
    // A sandbox would have Python wish for a policy with `worker-src blob:`.
    '/trusted': { html: `${head('embed-host.js')}<body>${frame('').replace(/ sandbox="[^"]*"/, '')}` },
    '/unknown': { html: `<!doctype html><html lang="en"><title>Lesson</title><script type="module" src="host.js"></script><body><div id="root"></div>` },
    '/host.js': { html: "import { watch } from './embed-host.js'; Object.assign(globalThis, { watch });" },
    '/embed-host.js': { html: copy },
  }));
});
after(async () => {
  await lessons.close();
  await site.close();
});

const BUBBLED = () => {
  /** @type {string[]} */
  const heard = [];
  Object.assign(globalThis, { heard });
  for (const kind of ['keydown', 'keypress', 'keyup']) {
    addEventListener(kind, (event) => void heard.push(`${kind} ${/** @type {KeyboardEvent} */ (event).key}`));
  }
};
/** @param {Page} page @returns {Promise<string[]>} */
const heard = (page) => page.evaluate(() => /** @type {any} */ (globalThis).heard.splice(0));
/** @param {Page} page @param {string} state */
const until = (page, state) => page.locator(`async-playground[data-state="${state}"]`).first().waitFor();

test('keys of the playground do nothing to its host, except Escape, Tab and shortcuts', () =>
  site.page(
    `${lessons.url}element`,
    async (page) => {
      await until(page, 'before');
      const host = page.locator('async-playground');
      const run = host.getByRole('button', { name: 'Run' });
      await run.press('r');
      await until(page, 'watched');
      // Handled ones, and those that controls have a use for.
      for (const key of ['s', 'b', 'ArrowLeft', 'ArrowUp', '/', 'Escape', 'Tab']) await run.press(key);
      await page.locator('async-playground').locator('.more summary').click();
      await page.locator('async-playground').locator('#seed').press('1');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Control+k');
      assert.deepEqual(await heard(page), ['keydown Escape', 'keyup Escape', 'keydown Tab', 'keyup Tab', 'keydown Control', 'keydown k', 'keyup k', 'keyup Control']);
      await page.locator('#host').press('s');
      assert.deepEqual(await heard(page), ['keydown s', 'keypress s', 'keyup s']);
    },
    { init: BUBBLED },
  ));

test('on its own page keys reach everything', () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      await until(page, 'before');
      await page.locator('async-playground').getByRole('button', { name: 'Run' }).press('b');
      assert.deepEqual(await heard(page), ['keydown b', 'keypress b', 'keyup b']);
    },
    { init: BUBBLED },
  ));

test('a move within one task ends neither run, search, keys nor theme; a removal does', () =>
  site.page(
    `${lessons.url}element`,
    async (page) => {
      await until(page, 'before');
      const host = page.locator('async-playground');
      await host.evaluate((host) => Object.assign(host, { speed: 'slow' }));
      await page.waitForFunction(() => /** @type {HTMLSelectElement | null | undefined} */ (document.querySelector('async-playground')?.shadowRoot?.querySelector('#speed'))?.value === 'slow');
      await host.getByRole('button', { name: 'Run' }).click();
      await until(page, 'running');
      const states = await host.evaluate(async (host) => {
        const there = /** @type {Element} */ (document.querySelector('#there'));
        const states = [];
        const moves = [
          () => there.append(host),
          () => document.querySelector('#here')?.prepend(host),
          // As Turbo and Astro keep elements: a placeholder, another body, and the element in the place of its twin.
          () => {
            const body = document.createElement('body');
            const twin = document.createElement('async-playground');
            body.innerHTML = '<div id="there"></div>';
            body.append(twin);
            document.body.replaceWith(body);
            twin.replaceWith(host);
          },
        ];
        for (const move of moves) {
          move();
          await new Promise((resolve) => setTimeout(resolve));
          states.push(host.dataset.state);
        }
        return states;
      });
      assert.deepEqual(states, ['running', 'running', 'running']);
      await host.getByRole('button', { name: 'Stop' }).press('s');
      await until(page, 'stopped');
      await host.getByRole('button', { name: 'Run' }).click();
      await until(page, 'running');
      const removed = await host.evaluate(async (host) => {
        host.remove();
        await new Promise((resolve) => setTimeout(resolve));
        return host.dataset.state;
      });
      assert.equal(removed, 'stopped');
    },
    MOVING,
  ));

/** How pages say which theme they have, and the theme. @type {[string, string, string][]} */
const SIGNS = [
  ['html', 'data-theme=dark', 'dark'],
  ['body', 'data-theme=dark', 'dark'],
  ['html', 'data-bs-theme=dark', 'dark'],
  ['body', 'data-md-color-scheme=slate', 'dark'],
  ['html', 'class=dark', 'dark'],
  ['html', 'style=color-scheme: dark', 'dark'],
  ['body', 'style=background: #111', 'dark'],
  ['html', 'data-theme=light', 'light'],
  ['body', 'data-theme=auto', 'light'],
];

/** @param {Page} page @param {string} on @param {string} sign */
const show = (page, on, sign) =>
  page.evaluate(([on = '', sign = '']) => {
    const [name = '', value = ''] = sign.split('=');
    document.querySelector(on)?.setAttribute(name, value);
  }, [on, sign]);
/** @param {Page} page @param {string} on @param {string} sign */
const hide = (page, on, sign) => page.evaluate(([on = '', name = '']) => document.querySelector(on)?.removeAttribute(name), [on, sign.split('=')[0] ?? '']);

test('the element follows the theme of its page, however the page says it, and a theme of its own before that', () =>
  site.page(`${lessons.url}element`, async (page) => {
    await until(page, 'before');
    const is = (/** @type {string} */ theme) =>
      page.waitForFunction((theme) => {
        const frame = document.querySelector('async-playground')?.shadowRoot?.querySelector('.playground');
        if (!frame) return false;
        const [red = 0] = (getComputedStyle(frame).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
        return (red < 128 ? 'dark' : 'light') === theme;
      }, theme);
    for (const [on, sign, theme] of SIGNS) {
      await show(page, on, sign);
      await is(theme);
      await hide(page, on, sign);
      await is('light');
    }
    await show(page, 'html', 'data-theme=dark');
    await page.locator('async-playground').evaluate((host) => host.setAttribute('theme', 'light'));
    await is('light');
    await page.locator('async-playground').evaluate((host) => host.setAttribute('theme', 'auto'));
    await is('dark');
  }));

test('frames follow the theme of their page, unless their address names one', () =>
  site.page(`${lessons.url}frame`, async (page) => {
    const is = async (/** @type {string} */ theme) => {
      const frames = page.frames().filter((frame) => frame.parentFrame() !== null);
      for (const [at, frame] of frames.entries()) {
        await frame.waitForFunction((theme) => {
          const scheme = getComputedStyle(document.documentElement).colorScheme;
          const used = scheme === 'light dark' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light') : scheme;
          return used === theme;
        }, at === 1 ? 'light' : theme);
      }
    };
    for (const at of [0, 1, 2]) await page.frameLocator('iframe').nth(at).locator('async-playground[data-state="before"]').waitFor();
    for (const [on, sign, theme] of SIGNS) {
      await show(page, on, sign);
      await is(theme);
      await hide(page, on, sign);
      await is('light');
    }
  }));

test('a copy of the script for frames warns once about a frame that is not watched, with what to do, and watches it when it is named', () =>
  site.page(
    `${lessons.url}unknown`,
    async (page) => {
      /** @type {string[]} */
      const warnings = [];
      page.on('console', (message) => void (message.type() === 'warning' && warnings.push(message.text())));
      await page.waitForFunction(() => 'watch' in globalThis);
      await page.evaluate((src) => {
        const root = /** @type {Element} */ (document.querySelector('#root')).attachShadow({ mode: 'open' });
        for (let at = 0; at < 2; at += 1) {
          const frame = document.createElement('iframe');
          [frame.src, frame.title] = [src, 'Playground'];
          root.append(frame);
        }
      }, `${site.url}health-check/?embed`);
      await page.waitForEvent('console', { predicate: (message) => message.type() === 'warning', timeout: 15_000 });
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /call `watch\(frame\)`/);
      await page.evaluate(() => {
        for (const frame of document.querySelector('#root')?.shadowRoot?.querySelectorAll('iframe') ?? []) /** @type {any} */ (globalThis).watch(frame);
        document.documentElement.dataset.theme = 'dark';
      });
      await page.waitForFunction(() => [...(document.querySelector('#root')?.shadowRoot?.querySelectorAll('iframe') ?? [])].every((frame) => frame.style.height !== ''));
      await page.frameLocator('iframe').first().locator('html[data-theme="dark"]').waitFor({ state: 'attached' });
      assert.equal(warnings.length, 1);
    },
    { trouble: true },
  ));

test('after a deploy an open page says so, and offers to reload', () =>
  site.page(
    `${lessons.url}element`,
    async (page) => {
      await until(page, 'before');
      await page.route(/\/assets\//, (route) => route.fulfill({ status: 404, contentType: 'text/plain', headers: { 'access-control-allow-origin': '*' } }));
      const host = page.locator('async-playground');
      await host.getByRole('button', { name: 'Run' }).click();
      await host.getByText('The playground was updated after you opened this page.').waitFor();
      await page.unroute(/\/assets\//);
      await host.getByRole('button', { name: 'Reload the page' }).click();
      await page.locator('async-playground:not([data-state="failed"])').waitFor();
      await until(page, 'before');
    },
    { trouble: true },
  ));

test('a style sheet that is answered with a page is reported where the playground stands', () =>
  site.page(
    `${lessons.url}element`,
    async (page) => {
      await page.route(/style\/playground\.css/, (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<!doctype html><title>Home</title>', headers: { 'access-control-allow-origin': '*' } }));
      await page.reload();
      await page.locator('async-playground').getByRole('alert').filter({ hasText: 'style/playground.css' }).waitFor();
      assert.match((await page.locator('async-playground').getByRole('alert').first().textContent()) ?? '', /answered style\/playground\.css with an HTML page/);
    },
    { trouble: true },
  ));

test('where a frame may not save, the file can be copied', () =>
  site.page(
    `${lessons.url}frame`,
    async (page) => {
      const inside = page.frameLocator('iframe').first().locator('async-playground');
      await inside.getByRole('button', { name: 'Run' }).click();
      await inside.getByText('Zoom, compare, save').click();
      await inside.getByRole('button', { name: 'Save text' }).click();
      await inside.getByRole('button', { name: 'Copy instead' }).click();
      const field = inside.getByRole('textbox', { name: 'The file' });
      await inside.getByText(/Copied\.|Selected\. Copy it with Ctrl\+C\./).waitFor();
      if (await field.isVisible()) assert.match(await field.inputValue(), /^Overall status: ok$/m);
    },
    { trouble: true },
  ));

test('a boolean option that is "false" is off, as an attribute and as a property', () =>
  site.page(`${lessons.url}element`, async (page) => {
    await until(page, 'before');
    const host = page.locator('async-playground');
    for (const name of ['autorun', 'compact']) {
      const read = await host.evaluate((host, name) => {
        const read = [Reflect.get(host, name)];
        for (const value of ['', name, 'true', 'false']) {
          host.setAttribute(name, value);
          read.push(Reflect.get(host, name));
        }
        return read;
      }, name);
      assert.deepEqual(read, [false, true, true, true, false], name);
    }
    await page.waitForTimeout(300);
    assert.equal(await host.getAttribute('data-state'), 'before');
    assert.equal(await host.locator('.frame[data-compact]').count(), 0);
  }));

test('code and output are not translated', async () => {
  for (const path of [`${lessons.url}element`, 'ttl-cache/', 'embed/', 'patterns/ttl_cache/']) {
    await site.page(path, async (page) => {
      if (!path.startsWith('embed') && !path.startsWith('patterns')) {
        await until(page, 'before');
        await page.locator('async-playground').first().getByRole('button', { name: 'Run' }).click();
        await until(page, 'watched');
        await page.locator('async-playground playground-picture').first().waitFor();
      }
      const translated = await page.evaluate(() => {
        const roots = [document, ...[...document.querySelectorAll('async-playground')].flatMap(({ shadowRoot }) => shadowRoot ?? [])];
        const all = roots.flatMap((root) => [...root.querySelectorAll('code, pre, svg text')]);
        return { all: all.length, translated: all.filter((node) => node.closest('[translate="no"]') === null).map((node) => node.outerHTML.slice(0, 80)) };
      });
      assert.ok(translated.all > 0);
      assert.deepEqual(translated.translated, [], path);
    });
  }
});

test('styles that a browser has put into the playground stay when the exercise changes', () =>
  site.page(`${lessons.url}element`, async (page) => {
    await until(page, 'before');
    const kept = await page.locator('async-playground').evaluate(async (host) => {
      const root = /** @type {ShadowRoot} */ (host.shadowRoot);
      root.prepend(Object.assign(document.createElement('style'), { textContent: '.x { color: red }', className: 'darkreader' }));
      const sheet = new CSSStyleSheet();
      root.adoptedStyleSheets.push(sheet);
      const ready = new Promise((resolve) => host.addEventListener('ready', resolve, { once: true }));
      host.setAttribute('exercise', 'health-check');
      await ready;
      return [root.querySelectorAll('.darkreader').length, root.adoptedStyleSheets.includes(sheet), root.querySelectorAll('.frame').length];
    });
    assert.deepEqual(kept, [1, true, 1]);
  }));

test('the example for an LMS sends a statement for each attempt and for the solution, of the element and of a frame', LONG, async () => {
  const guide = await readFile(new URL('../../docs/EMBEDDING.md', import.meta.url), 'utf8');
  const example = /^## For an LMS.*?```js\n(.*?)```/ms.exec(guide)?.[1] ?? '';
  for (const [path, exercise] of /** @type {const} */ ([['element', 'ttl-cache'], ['trusted', 'health-check']])) {
    const answer = await readFile(new URL(`../../src/exercises/${exercise.replace('-', '_')}/answer.py`, import.meta.url), 'utf8');
    await site.page(`${lessons.url}${path}`, async (page) => {
      await page.evaluate((example) => {
        /** @type {object[]} */
        const sent = [];
        Object.assign(globalThis, { sent, actor: { mbox: 'mailto:a@b.example' }, send: (/** @type {object} */ statement) => void sent.push(statement) });
        // The page has no policy, so the example can be run from its text.
        (0, eval)(example);
      }, example);
      const sent = async (/** @type {number} */ count) => {
        await page.waitForFunction((count) => /** @type {any} */ (globalThis).sent.length >= count, count);
        return page.evaluate(() => /** @type {any} */ (globalThis).sent.splice(0));
      };
      const on = await editor(page, path === 'trusted' ? page.frames()[1] : page);
      await on.run.click();
      const [attempt, ...more] = await sent(1);
      assert.deepEqual(more, []);
      assert.equal(attempt.object.id, `https://play.example/${exercise}/`);
      assert.equal(attempt.verb.id, 'http://adlnet.gov/expapi/verbs/attempted');
      assert.equal(attempt.result.success, false);
      assert.equal(attempt.result.completion, false);
      await on.write(answer);
      await on.run.click();
      const [second, solved] = await sent(2);
      assert.deepEqual([second.verb.display.en, second.result.success, second.result.completion], ['attempted', true, false]);
      assert.deepEqual([solved.verb.display.en, solved.result.success, solved.result.completion], ['completed', true, true]);
      assert.match(solved.result.duration, /^PT\d+S$/);
    });
  }
});

test('data-state stays when a page is morphed to what its server has sent', () =>
  site.page(`${lessons.url}element`, async (page) => {
    await until(page, 'before');
    const states = await page.locator('async-playground').evaluate((host) => {
      // As idiomorph and morphdom do with attributes that the new page does not have.
      host.removeAttribute('data-state');
      const states = [host.dataset.state];
      host.setAttribute('data-state', 'passed');
      return [...states, host.dataset.state];
    });
    assert.deepEqual(states, ['before', 'before']);
  }));
