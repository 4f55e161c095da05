// Five hundred values that nobody should give, in attributes and in addresses: each is refused in words in its place,
// and none of them is executed, throws, or starts anything.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { OPTIONS } from '../../www/run/address.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/** Not one of them is right for any option or exercise. */
const VALUES = [
  '<script>globalThis.hit = 1</script>', '"><img src=x onerror="globalThis.hit=1">', '<svg/onload=globalThis.hit=1>', 'javascript:globalThis.hit=1',
  "';globalThis.hit=1;//", '${globalThis.hit=1}', '{{constructor.constructor("globalThis.hit=1")()}}', '</async-playground><script>globalThis.hit=1</script>',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', '__proto__=1', 'constructor=1', '__proto__.polluted=1',
  'constructor.prototype.polluted=1', 'NaN', 'Infinity', '-Infinity', '-1', '1e999', '1e-7', '0x10', '0b1', '1_000', '١٢', '½', '1;5', '99999999999999999999', '-0.5',
  'null', 'undefined', '[object Object]', 'function(){}', '💥', '👩‍👩‍👧‍👦🔥', '\u202eevil\u202c', '\u0000', '\ud800', 'ﷺ', 'ｒｅａｌ', 'real,simulated', 'REAL', '../../etc/passwd',
  '=', '==', '=1', 'a=b=c', 'callers=', 'callers=x', 'ttl_ms=-5', 'x'.repeat(1_000_000), '💥'.repeat(300_000),
];
const ELEMENT = ['exercise', ...OPTIONS];
/** In an address, in groups of which every refusal can be seen: `settings` may be wrong in many places. */
const OTHERS = OPTIONS.filter((name) => name !== 'settings');
const QUERY = [['settings'], OTHERS.slice(0, 5), OTHERS.slice(5, 10), [...OTHERS.slice(10), 'at'], ['setting.ttl_ms', 'setting.first_fails', 'setting.__proto__', 'setting.constructor']];

test('in attributes', () =>
  site.page('', async (page) => {
    const module = new URL('playground.js', site.url).href;
    const outcome = await page.evaluate(
      async ({ module, names, values }) => {
        /** @type {string[]} */
        const wrong = [];
        for (const name of ['error', 'unhandledrejection']) addEventListener(name, (event) => 'detail' in event || wrong.push(`${name}: ${/** @type {any} */ (event).message ?? /** @type {any} */ (event).reason}`));
        document.addEventListener('start', () => wrong.push('something started'));
        await import(module);
        let given = 0;
        for (const name of names) {
          for (const value of values) {
            given += 1;
            const host = /** @type {HTMLElement} */ (document.createElement('async-playground'));
            for (const [set, to] of [['exercise', 'ttl-cache'], ['autorun', ''], [name, value]]) host.setAttribute(set ?? '', to ?? '');
            const refused = new Promise((resolve) => host.addEventListener('error', resolve, { once: true }));
            document.querySelector('main')?.prepend(host);
            const label = `${name}=${value.slice(0, 40)}`;
            const error = await Promise.race([refused, new Promise((resolve) => setTimeout(resolve, 20_000))]);
            const told = host.shadowRoot?.querySelector('.refusal');
            const text = told?.textContent ?? '';
            if (error === undefined) wrong.push(`${label} is not refused`);
            else if (!(told instanceof HTMLElement) || told.hidden || told.clientHeight === 0 || !/must be|unknown|Unknown|too long/.test(text)) wrong.push(`${label}: ${text.slice(0, 200)}`);
            else if (text.length > 2000 || told.querySelector(':not(p)') !== null) wrong.push(`${label}: more than words`);
            host.remove();
          }
        }
        return { wrong, given, hit: /** @type {any} */ (globalThis).hit, polluted: /** @type {any} */ ({}).polluted };
      },
      { module, names: ELEMENT, values: VALUES },
    );
    assert.deepEqual(outcome, { wrong: [], given: ELEMENT.length * VALUES.length, hit: undefined, polluted: undefined });
    assert.ok(outcome.given >= 500, `${outcome.given} values`);
  }));

test('in addresses', () =>
  site.page('', async (page) => {
    // What an address can carry at all.
    const values = VALUES.filter((value) => value.length < 1000 && value !== '\ud800');
    const queries = QUERY.flatMap((names) => values.map((value) => ({ names, query: names.map((name) => `${name}=${encodeURIComponent(value)}`).join('&') })));
    const wrong = await page.evaluate(
      async ({ site, slug, queries }) => {
        /** @type {string[]} */
        const wrong = [];
        const frame = document.createElement('iframe');
        document.querySelector('main')?.append(frame);
        for (const { names, query } of queries) {
          const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
          frame.src = `${site}${slug}/?embed&autorun&${query}`;
          await loaded;
          const inner = /** @type {any} */ (frame.contentWindow);
          const host = inner.document.querySelector('async-playground');
          for (const name of ['error', 'unhandledrejection']) inner.addEventListener(name, (/** @type {any} */ event) => 'detail' in event || wrong.push(`${query}: ${name} ${event.message ?? event.reason}`));
          const until = performance.now() + 20_000;
          const refusals = () => [...(host.shadowRoot?.querySelectorAll('.refusal:not([hidden]) p') ?? [])].map(({ textContent }) => String(textContent));
          while (refusals().length === 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve));
          const told = refusals();
          const missing = names.filter((name) => !told.some((text) => text.toLowerCase().includes(name === 'settings' ? 'setting' : name.replace('setting.', ''))));
          if (missing.length > 0 || !told.every((text) => /must be|known|And \d/.test(text)) || host.dataset.state !== 'before') {
            wrong.push(`${query}: ${missing} ${told} ${host.dataset.state}`);
          }
          if (inner.hit !== undefined || Reflect.get({}, 'polluted') !== undefined) wrong.push(`${query} was executed`);
        }
        return wrong;
      },
      { site: site.url, slug: 'ttl-cache', queries },
    );
    assert.deepEqual(wrong, []);
    const given = queries.reduce((sum, { names }) => sum + names.length, 0);
    assert.ok(given >= 500, `${given} values`);
  }));

test('an address of any exercise is refused as well where nothing is embedded, and the page stays', () =>
  site.page('', async (page) => {
    for (const { slug } of EXERCISES) {
      await page.goto(`${site.url}${slug}/?setting.__proto__=1&seed=${encodeURIComponent('<script>')}`);
      await page.locator('async-playground[data-state="before"] .refusal:not([hidden])').waitFor();
      assert.match((await page.locator('.refusal').textContent()) ?? '', /Unknown setting "__proto__"; .*Seed must be a whole number from 0 to 4294967295, not "<script>"/s);
      assert.equal(await page.locator('.statement').isVisible(), true);
    }
  }));
