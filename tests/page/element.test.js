// The element on a page of another origin: its styles and policy, many at once, options, and what is heard of it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { openSite } from './support/browser.js';
import { serveLessons } from './support/lessons.js';

const SIX = ['request-handler', 'concurrent-requests', 'connection-pool', 'ttl-cache', 'circuit-breaker', 'full-service'];
const EVENTS = ['ready', 'start', 'log', 'verdict', 'error'];

const HOSTILE = `
* { all: unset; }
html { font-size: 40px; color: yellow; background: white; letter-spacing: 1em; text-transform: uppercase; }
body { line-height: 4; direction: rtl; font: 700 60px/3 serif; }
button, input, select, table, svg { display: none !important; }
div, section, p, code { color: red !important; font-size: 80px !important; float: right; }
#last { --unit: 20px; --accent: rgb(1 2 3); --font: monospace; }
#last::part(run) { border-radius: 7px; }
`;

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {Awaited<ReturnType<typeof serveLessons>>} */
let lessons;
before(async () => {
  site = await openSite();
  const origin = new URL(site.url).origin;
  const policy = `default-src 'none'; script-src ${origin} 'wasm-unsafe-eval'; connect-src ${origin}; style-src 'self'`;
  const page = (/** @type {string} */ body, sheet = 'plain.css') => ({
    policy,
    html: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Lesson</title><link rel="stylesheet" href="${sheet}">
      <script type="module" src="${site.url}playground.js"></script><body>${body}`,
  });
  const six = SIX.map((slug) => `<async-playground exercise="${slug}" clock="simulated">Loading ${slug}</async-playground>`).join('\n');
  const guide = await readFile(new URL('../../docs/EMBEDDING.md', import.meta.url), 'utf8');
  const example = /^## The module.*?```js\n(.*?)```/ms.exec(guide)?.[1] ?? '';
  lessons = await serveLessons(() => ({
    '/readme.js': { html: example.replace('https://play.example/playground.js', `${site.url}playground.js`) },
    '/readme': { html: '<!doctype html><html lang="en"><title>Lesson</title><script type="module" src="readme.js"></script>' },
    '/hostile.css': { html: HOSTILE },
    '/plain.css': { html: 'html { background: white; color: black }' },
    '/six': page(`<h1>Six</h1><div id="away"></div>${six.replace(/(.*)<async/s, '$1<async-playground id="last" exercise="health-check" clock="simulated"></async-playground><async')}`, 'hostile.css'),
    '/dark': page('<async-playground exercise="ttl-cache" theme="dark"></async-playground><async-playground exercise="ttl-cache"></async-playground>'),
    '/one': page('<async-playground exercise="ttl-cache"><p>Meanwhile</p></async-playground>'),
    '/asleep': { ...page('<async-playground exercise="ttl-cache"><p>Meanwhile</p></async-playground>'), policy: "default-src 'none'" },
    '/early': page('<async-playground></async-playground>'),
    '/source': page('<async-playground exercise="request-handler" clock="simulated" show="source picture"></async-playground>'),
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
 * @param {string} [which]
 */
async function until(page, state, which = 'async-playground') {
  await page.locator(`${which}[data-state="${state}"]`).first().waitFor();
}

test('six exercises under hostile styles look as they do at home, and pass', async () => {
  const looks = (/** @type {string} */ host) => {
    const root = /** @type {ShadowRoot} */ (document.querySelector(host)?.shadowRoot);
    return ['.playground', '.run', '.summary', 'playground-verdict', 'tbody td.expected code', '.clock legend', '#seed', 'td.mark'].map((part) => {
      const style = getComputedStyle(/** @type {Element} */ (root.querySelector(part)));
      const { display, color, fontSize, fontFamily, fontWeight, lineHeight, letterSpacing, textTransform, direction, float } = style;
      return { part, display, color, fontSize, fontFamily, fontWeight, lineHeight, letterSpacing, textTransform, direction, float };
    });
  };
  /** @type {ReturnType<typeof looks>} */
  let home = [];
  await site.page('ttl-cache/', async (page) => {
    await until(page, 'before');
    home = await page.evaluate(looks, 'async-playground');
  });
  await site.page(`${lessons.url}six`, async (page) => {
    for (const slug of SIX) await until(page, 'before', `[exercise="${slug}"]`);
    assert.deepEqual(await page.evaluate(looks, '[exercise="ttl-cache"]'), home);
    assert.equal(await page.locator('[exercise="ttl-cache"]').evaluate((host) => getComputedStyle(host).display), 'block');
    // Neither do ours reach the page.
    assert.equal(await page.locator('h1').evaluate((head) => getComputedStyle(head).display), 'inline');
    const last = await page.locator('#last').evaluate((host) => {
      const run = /** @type {Element} */ (host.shadowRoot?.querySelector('.run'));
      const { backgroundColor, fontSize, fontFamily, borderRadius } = getComputedStyle(run);
      return { backgroundColor, fontSize, fontFamily, borderRadius };
    });
    assert.deepEqual(last, { backgroundColor: 'rgb(1, 2, 3)', fontSize: '20px', fontFamily: 'monospace', borderRadius: '7px' });
    // All at once.
    await page.evaluate(() => {
      for (const one of document.querySelectorAll('async-playground')) /** @type {any} */ (one).run();
    });
    for (const slug of [...SIX, 'health-check']) await until(page, 'watched', `[exercise="${slug}"]`);
    const modules = await page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('async_playground_bg.wasm')).length);
    assert.equal(modules, 1, 'they share one module');
  });
});

test('the line that belongs to a choice is marked in the source around it, and no other', () =>
  site.page(`${lessons.url}source`, async (page) => {
    await until(page, 'before');
    const host = page.locator('async-playground');
    await host.getByRole('button', { name: 'Run' }).click();
    await until(page, 'watched');
    await host.locator('.sheet .name').first().waitFor();
    for (const line of [host.locator('tr[data-line] button').first(), host.locator('tr[data-line] button').last()]) {
      await line.click();
      const show = host.getByRole('button', { name: /^Show program\.rs, line \d+$/ });
      const number = /\d+$/.exec((await show.textContent()) ?? '')?.[0];
      await show.click();
      await host.locator(`.program details[open] .line:nth-child(${number})[data-marked]`).waitFor();
      assert.equal(await host.locator('[data-marked]').count(), 1);
    }
  }));

test('removing an element ends its run, and one that is put back can run again', () =>
  site.page(`${lessons.url}six`, async (page) => {
    for (const slug of SIX) await until(page, 'before', `[exercise="${slug}"]`);
    const after = await page.evaluate(async () => {
      const [first, second] = /** @type {any[]} */ ([document.querySelector('[exercise="ttl-cache"]'), document.querySelector('[exercise="circuit-breaker"]')]);
      /** @type {string[]} */
      const heard = [];
      for (const one of [first, second]) {
        Object.assign(one, { clock: 'real' });
        for (const name of ['start', 'verdict', 'error']) one.addEventListener(name, () => heard.push(`${one.exercise} ${name}`));
      }
      const line = (/** @type {Element} */ one) => new Promise((resolve) => one.addEventListener('log', resolve, { once: true }));
      const set = async (/** @type {any} */ one) => {
        while (!one.shadowRoot.querySelector(`[name="clock"][value="${one.clock}"]`).checked) await new Promise(requestAnimationFrame);
      };
      await Promise.all([set(first), set(second)]);
      const lines = Promise.all([line(first), line(second)]);
      first.run();
      second.run();
      await lines;
      first.remove();
      second.remove();
      await new Promise((resolve) => setTimeout(resolve));
      document.querySelector('#away')?.append(second);
      const states = [first.dataset.state, second.dataset.state];
      second.clock = 'simulated';
      await set(second);
      const over = new Promise((resolve) => second.addEventListener('verdict', resolve));
      second.run();
      await over;
      return { states, heard };
    });
    assert.deepEqual(after.states, ['stopped', 'stopped']);
    // Either may be the first to be loaded.
    assert.deepEqual(after.heard.slice(0, 2).sort(), ['circuit-breaker start', 'ttl-cache start']);
    assert.deepEqual(after.heard.slice(2), ['circuit-breaker start', 'circuit-breaker verdict']);
    await page.locator('#away playground-picture').first().waitFor();
    await page.locator('#away').getByRole('slider', { name: 'Event', exact: true }).press('ArrowLeft');
    assert.match((await page.locator('#away .where').textContent()) ?? '', /ms/);
  }));

test('a dark element stands on a light page, and a light one follows its page', () =>
  site.page(
    `${lessons.url}dark`,
    async (page) => {
      for (const index of [0, 1]) await page.locator('async-playground[data-state="before"]').nth(index).waitFor();
      const colours = () =>
        page.locator('async-playground').evaluateAll((all) =>
          all.map((host) => getComputedStyle(/** @type {Element} */ (host.shadowRoot?.querySelector('.playground'))).backgroundColor),
        );
      assert.deepEqual(await colours(), ['rgb(27, 30, 36)', 'rgb(255, 255, 255)']);
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), 'rgb(255, 255, 255)');
      await page.evaluate(() => {
        const [one, other] = /** @type {any[]} */ ([...document.querySelectorAll('async-playground')]);
        one.theme = 'light';
        document.documentElement.style.colorScheme = 'dark';
        other.theme = 'auto';
      });
      await page.waitForFunction(() => document.querySelector('async-playground')?.shadowRoot?.querySelector('.frame')?.getAttribute('data-theme') === 'light');
      assert.deepEqual(await colours(), ['rgb(255, 255, 255)', 'rgb(27, 30, 36)']);
    },
    { colorScheme: 'dark' },
  ));

test('options are attributes and properties, and can change at any time', () =>
  site.page(`${lessons.url}one`, async (page) => {
    await until(page, 'before');
    const host = page.locator('async-playground');
    const set = (/** @type {Record<string, unknown>} */ options) =>
      host.evaluate(async (element, options) => {
        Object.assign(element, options);
        const root = /** @type {ShadowRoot} */ (element.shadowRoot);
        // The module that reads options may still be on its way.
        while (root.querySelector('.frame')?.getAttribute('data-show') === null) await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
      }, options);
    await set({ clock: 'real', speed: 'slow', seed: 7, program: 'announced-first', settings: { callers: 8, ttl_ms: 300 }, lock: 'speed program callers' });
    assert.equal(await host.getAttribute('settings'), 'callers=8 ttl_ms=300');
    assert.equal(await host.getByLabel('Speed', { exact: true }).inputValue(), 'slow');
    assert.equal(await host.locator('#seed').inputValue(), '7');
    assert.equal(await host.locator('.card[aria-pressed="true"]').getAttribute('value'), 'announced-first');
    assert.equal(await host.locator('#setting-callers').inputValue(), '8');
    await host.locator('.more summary').click();
    assert.equal(await host.getByRole('radio', { name: 'Real time' }).isChecked(), true);
    for (const [field, locked] of /** @type {[string, boolean][]} */ ([['#speed', true], ['.card[value="correct"]', true], ['#setting-callers', true], ['#setting-ttl_ms', false], ['#seed', false]])) {
      assert.equal(await host.locator(field).isDisabled(), locked, field);
    }
    assert.equal(await host.getByRole('button', { name: 'Reset all' }).count(), 0, 'nothing undoes what is fixed');
    await set({ seed: null, settings: 'ttl_ms=400', program: null, clock: 'simulated', lock: 'all', show: 'source' });
    // The module that applies options may still be on its way.
    await page.waitForFunction(() => /** @type {any} */ (document.querySelector('async-playground')?.shadowRoot?.querySelector('#setting-callers'))?.value === '5');
    assert.equal(await host.locator('#setting-ttl_ms').inputValue(), '400');
    assert.equal(await host.locator('#seed').isDisabled(), true);
    await host.getByText('program.rs').waitFor();
    assert.equal(await host.locator('playground-rules').isVisible(), false);
    await set({ show: 'prose rules', compact: true, exercise: 'ttl-cache' });
    await host.getByText('Hint 1 of 3').waitFor();
    assert.equal(await host.locator('playground-rules').isVisible(), true);
    assert.equal(await host.locator('.clock').isVisible(), false);
    await set({ exercise: 'health-check', settings: null });
    await page.waitForFunction(() => document.querySelector('async-playground')?.shadowRoot?.querySelector('.playground')?.getAttribute('aria-label')?.includes('ealth'));
    assert.equal(await host.evaluate((element) => /** @type {any} */ (element).compact), true);
  }));

test('properties set before the upgrade count, and autorun waits until the element is in sight', () =>
  site.page(
    `${lessons.url}early`,
    async (page) => {
      await page.waitForFunction(() => customElements.get('async-playground'));
      await page.evaluate(() => {
        const later = document.createElement('async-playground');
        const room = document.createElement('div');
        room.style.height = '5000px';
        document.body.append(room, later);
        Object.assign(later, { exercise: 'health-check', clock: 'simulated', autorun: true });
      });
      await until(page, 'before', '[exercise="health-check"]');
      assert.equal(await page.locator('async-playground').first().evaluate((first) => /** @type {any} */ (first).clock), 'real');
      await until(page, 'before', '[exercise="ttl-cache"]');
      assert.equal(await page.locator('[exercise="health-check"]').getAttribute('data-state'), 'before', 'out of sight, it has not run');
      await page.locator('[exercise="health-check"]').scrollIntoViewIfNeeded();
      await until(page, 'watched', '[exercise="health-check"]');
    },
    {
      init: () => {
        document.addEventListener('DOMContentLoaded', () => {}, { once: true });
        new MutationObserver((_, watch) => {
          const early = document.querySelector('async-playground');
          if (early === null) return;
          watch.disconnect();
          Object.assign(early, { exercise: 'ttl-cache', clock: 'real' });
        }).observe(document, { childList: true, subtree: true });
      },
    },
  ));

test('a run of the exercise before ends when another is there', () =>
  site.page(`${lessons.url}one`, async (page) => {
    await until(page, 'before');
    await page.evaluate(() => {
      const playground = /** @type {any} */ (document.querySelector('async-playground'));
      playground.exercise = 'health-check';
      playground.run();
    });
    await until(page, 'before', '[exercise="health-check"]');
    assert.equal(await page.locator('async-playground').locator('td.actual code').count(), 0);
    assert.ok(await page.locator('async-playground button.run').isEnabled());
  }));

test('events bubble out of shadow roots, with what they are about', () =>
  site.page(`${lessons.url}one`, async (page) => {
    await until(page, 'before');
    const heard = await page.evaluate(async (names) => {
      /** @type {any[]} */
      const heard = [];
      for (const name of names) document.addEventListener(name, (event) => heard.push([name, /** @type {CustomEvent} */ (event).detail]));
      const box = document.createElement('div');
      const inner = document.createElement('async-playground');
      for (const [name, value] of [['exercise', 'health-check'], ['clock', 'simulated'], ['speed', 'fast']]) inner.setAttribute(name ?? '', value ?? '');
      document.body.append(box);
      box.attachShadow({ mode: 'open' }).append(inner);
      const next = (/** @type {string} */ name) => new Promise((resolve) => document.addEventListener(name, resolve, { once: true }));
      await next('ready');
      /** @type {any} */ (inner).run();
      await next('verdict');
      return heard.map(([name, { exercise, events, report, error }]) => [name, exercise, events?.every((/** @type {any} */ { kind }) => kind === 'log'), report?.verdict, error?.code]);
    }, EVENTS);
    assert.deepEqual(heard[0], ['error', 'health-check', undefined, undefined, 'bad-value']);
    assert.deepEqual(heard[1], ['ready', 'health-check', undefined, undefined, undefined]);
    assert.deepEqual(heard[2], ['start', 'health-check', undefined, undefined, undefined]);
    assert.deepEqual(heard[3], ['log', 'health-check', true, undefined, undefined]);
    assert.deepEqual(heard.at(-1), ['verdict', 'health-check', undefined, 'passed', undefined]);
  }));

test('what stands between the tags shows until the element wakes, or if it never does, or cannot', async () => {
  await site.page(`${lessons.url}one`, async (page) => {
    await until(page, 'before');
    assert.equal(await page.getByText('Meanwhile').isVisible(), false);
  });
  await site.page(
    `${lessons.url}asleep`,
    async (page) => assert.equal(await page.getByText('Meanwhile').isVisible(), true),
    { trouble: true },
  );
  await site.page(`${lessons.url}wrong`, async (page) => {
    await page.getByRole('alert').waitFor();
    assert.match((await page.getByRole('alert').textContent()) ?? '', /[Uu]nknown exercise "no-such"; known: request-handler/);
    assert.equal(await page.getByText('Meanwhile').isVisible(), true);
    await page.locator('async-playground').evaluate((host) => host.setAttribute('exercise', 'health-check'));
    await until(page, 'before');
  });
});

test('the example of the module in docs/EMBEDDING.md does what it says', () =>
  site.page(`${lessons.url}readme`, async (page) => {
    const said = page.waitForEvent('console', (message) => /^(passed|failed)$/.test(message.text()));
    await page.reload();
    assert.equal((await said).text(), 'passed');
  }));
