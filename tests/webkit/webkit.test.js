// WebKit, which every reader on an iPhone has: each exercise runs and passes; Stop, keys, settings and controls; an element and
// a frame on the page of another site.
//
// Clicks and keys are those of WebDriver, so the browser treats them as a reader's.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { DIST } from '../page/support/browser.js';
import { EXERCISES } from '../page/support/exercises.js';
import { serveLessons } from '../page/support/lessons.js';
import { serve } from '../page/support/server.js';
import { openWebKit } from './driver.js';

/** @type {Awaited<ReturnType<typeof openWebKit>>} */
let webkit;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;
/** With the policy of the guide. @type {Awaited<ReturnType<typeof serve>>} */
let asGuided;
/** @type {Awaited<ReturnType<typeof serveLessons>>} */
let lessons;
before(async () => {
  site = await serve(DIST);
  /** @type {Record<string, string>} */
  const headers = {};
  asGuided = await serve(DIST, headers);
  const guide = await readFile(new URL('../../docs/EMBEDDING.md', import.meta.url), 'utf8');
  const policy = /Content-Security-Policy "(.*?)"/.exec(guide)?.[1] ?? '';
  headers['content-security-policy'] = policy.replaceAll('https://play.example', new URL(asGuided.url).origin);
  const head = (/** @type {string} */ script) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Lesson</title><script type="module" src="${script}"></script>`;
  lessons = await serveLessons(() => ({
    '/element': { html: `${head(`${site.url}playground.js`)}<body><div id="here"><async-playground exercise="ttl-cache" speed="slow"></async-playground></div><div id="there"></div>` },
    '/frame': { html: `${head(`${asGuided.url}embed-host.js`)}<body><iframe title="Playground" src="${asGuided.url}health-check/?embed&amp;autorun" sandbox="allow-scripts" width="700" height="100"></iframe>` },
  }));
  webkit = await openWebKit();
  await webkit.size(1280, 1000);
});
after(async () => {
  await webkit?.close();
  await lessons?.close();
  await asGuided?.close();
  await site?.close();
});

const HOST = "document.querySelector('async-playground')";
const ROOT = `${HOST}.shadowRoot`;
const button = (/** @type {string} */ name) => `[...${ROOT}.querySelectorAll('button')].find((one) => one.textContent.trim().startsWith('${name}'))`;
const OVER = `['passed', 'watched'].includes(${HOST}.dataset.state)`;

/** @param {string} slug */
async function opened(slug) {
  await webkit.open(`${site.url}${slug}/`);
  await webkit.until(`${HOST}?.dataset.state && ${button('Run')}`);
  await webkit.script(`${HOST}.speed = 'once'`);
}

for (const { slug } of EXERCISES) {
  test(`${slug}: Run passes, and the picture is drawn`, async () => {
    await opened(slug);
    await webkit.script(`${button('Run')}.click()`);
    await webkit.until(OVER);
    await webkit.until(`${ROOT}.querySelector('playground-picture svg')?.getBoundingClientRect().width > 300`);
  });
}

const LEFT = '\uE012';
const DELETE = '\uE017';
const state = (/** @type {string} */ name) => `${HOST}.dataset.state === '${name}'`;
/** How many events are shown, of all. */
const cursor = () => webkit.script(`return ${ROOT}.querySelector('player-controls input').getAttribute('aria-valuetext')`);

test('keys run and stop, step back, and do nothing while the reader types', async () => {
  await opened('ttl-cache');
  await webkit.script(`${HOST}.speed = 'slow'; ${button('Run')}.focus()`);
  await webkit.press('r');
  await webkit.until(state('running'));
  await webkit.press('s');
  await webkit.until(state('stopped'));
  await webkit.script(`${HOST}.settings = 'callers=8'; ${HOST}.speed = 'once'`);
  await webkit.until(`${ROOT}.querySelector('#setting-callers').value === '8'`);
  await webkit.press('r');
  await webkit.until(OVER);
  const length = Number(/^(\d+) of \1/.exec(await cursor())?.[1]);
  await webkit.press(LEFT + LEFT);
  assert.match(await cursor(), new RegExp(`^${length - 2} of`));
  await webkit.script(`for (const details of ${ROOT}.querySelectorAll('details')) details.open = true; ${ROOT}.querySelector('#setting-callers').focus()`);
  await webkit.press('r');
  await webkit.until(OVER);
  assert.match(await cursor(), new RegExp(`^${length - 2} of`));
});

test('Run and Stop are clicked or pressed, the focus goes with them, and a run after Stop is clean', async () => {
  await opened('ttl-cache');
  await webkit.script(`${HOST}.clock = 'real'; ${HOST}.settings = 'pause_ms=20000'`);
  await webkit.until(`${ROOT}.querySelector('#setting-pause_ms').value === '20000'`);
  const focused = () => webkit.script(`return ${ROOT}.activeElement?.textContent.trim()`);
  await webkit.script(`${button('Run')}.focus()`);
  await webkit.press('\uE007');
  await webkit.until(state('running'));
  assert.match(await focused(), /^Stop/);
  await webkit.press('\uE007');
  await webkit.until(state('stopped'));
  assert.match(await focused(), /^Run/);
  await webkit.click(button('Run'));
  await webkit.until(state('running'));
  await webkit.click(button('Stop'));
  await webkit.until(state('stopped'));
  const lines = () => webkit.script(`return ${ROOT}.querySelectorAll('td.actual code').length`);
  const shown = await lines();
  await webkit.script(`${HOST}.clock = 'simulated'; ${button('Reset all')}.click()`);
  assert.equal(await lines(), shown, 'no line came late');
  await webkit.click(button('Run'));
  await webkit.until(OVER);
  assert.ok((await lines()) > shown);
});

test('a number that is typed is used, and refused in its place where it is out of range', async () => {
  await opened('ttl-cache');
  await webkit.script(`for (const details of ${ROOT}.querySelectorAll('details')) details.open = true`);
  const field = `${ROOT}.querySelector('#setting-callers')`;
  const typed = async (/** @type {string} */ text) => {
    await webkit.script(`${field}.focus(); ${field}.select()`);
    await webkit.press(DELETE + text);
    await webkit.until(`${field}.value === '${text}'`);
  };
  await typed('0');
  await webkit.until(`/must be a whole number from/.test(${ROOT}.querySelector('[data-name="callers"] .error').textContent)`);
  await webkit.script(`${button('Run')}.click()`);
  await webkit.until(`${ROOT}.activeElement?.id === 'setting-callers'`);
  assert.equal(await webkit.script(`return ${field}.getAttribute('aria-invalid')`), 'true');
  await typed('8');
  await webkit.script(`${button('Run')}.click()`);
  await webkit.until(OVER);
  assert.equal(await webkit.script(`return ${ROOT}.querySelector('[data-name="callers"] .error').textContent`), '');
});

test('on the page of another site a move keeps the run, a removal ends it, and keys stay inside', async () => {
  await webkit.open(`${lessons.url}element`);
  await webkit.until(`${HOST}?.dataset.state && ${button('Run')}`);
  await webkit.script(`globalThis.heard = []; addEventListener('keydown', ({ key }) => heard.push(key)); ${button('Run')}.focus()`);
  await webkit.press('r');
  await webkit.until(state('running'));
  await webkit.script(`globalThis.kept = ${HOST}; document.querySelector('#there').append(kept)`);
  assert.equal(await webkit.script('return kept.dataset.state'), 'running');
  await webkit.script(`${button('Stop')}.focus()`);
  await webkit.press('b/');
  assert.deepEqual(await webkit.script('return heard'), []);
  await webkit.script('kept.remove()');
  await webkit.until("kept.dataset.state === 'stopped'");
});

test('a frame in a sandbox runs under the policy of the guide, gets its height, and its verdict is an event of the page', async () => {
  await webkit.open(`${lessons.url}frame`);
  await webkit.script("document.addEventListener('verdict', ({ detail }) => (globalThis.verdict = detail.verdict))");
  await webkit.until('globalThis.verdict');
  assert.equal(await webkit.script('return verdict'), 'passed');
  await webkit.until("document.querySelector('iframe').clientHeight > 300");
});

test('the legend of a group stands in its row, and a number field has room for its text', async () => {
  await opened('ttl-cache');
  await webkit.script(`for (const details of ${ROOT}.querySelectorAll('details')) details.open = true`);
  const wrong = await webkit.script(`
    const wrong = [];
    for (const field of ${ROOT}.querySelectorAll('input[type="number"]')) {
      if (getComputedStyle(field).appearance !== 'textfield') wrong.push(field.id);
    }
    for (const legend of ${ROOT}.querySelectorAll('legend')) {
      const [own, next] = [legend, legend.nextElementSibling].map((one) => one.getBoundingClientRect());
      if (own.width > 1 && own.bottom < next.top) wrong.push(legend.textContent);
    }
    return wrong`);
  assert.deepEqual(wrong, []);
});

test('the module runs every exercise', async () => {
  await webkit.open(`${site.url}ttl-cache/`);
  await webkit.script(`import('${site.url}playground.js').then(async ({ ready, catalogue, run }) => {
    await ready();
    const verdicts = [];
    for (const { slug } of catalogue()) verdicts.push((await run(slug)).verdict);
    globalThis.verdicts = verdicts;
  }, (error) => (globalThis.verdicts = [String(error)]))`);
  await webkit.until('globalThis.verdicts');
  assert.deepEqual(await webkit.script('return globalThis.verdicts'), EXERCISES.map(() => 'passed'));
});
