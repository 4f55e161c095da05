// WebKit, which every reader on an iPhone has: each exercise runs and passes, Stop and keys work, and controls have room.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { DIST } from '../page/support/browser.js';
import { EXERCISES } from '../page/support/exercises.js';
import { serve } from '../page/support/server.js';
import { openWebKit } from './driver.js';

/** @type {Awaited<ReturnType<typeof openWebKit>>} */
let webkit;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;
before(async () => {
  site = await serve(DIST);
  webkit = await openWebKit();
  await webkit.size(1280, 1000);
});
after(async () => {
  await webkit?.close();
  await site?.close();
});

const LOOKS = fileURLToPath(new URL('../../target/webkit', import.meta.url));
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
    await webkit.until(`${ROOT}.querySelector('playground-picture svg')`);
    mkdirSync(LOOKS, { recursive: true });
    writeFileSync(`${LOOKS}/${slug}.png`, await webkit.look());
  });
}

test('keys run and stop, and a setting that is typed is used', async () => {
  await opened('ttl-cache');
  await webkit.script(`${HOST}.speed = 'slow'; ${button('Run')}.focus()`);
  await webkit.press('r');
  await webkit.until(`${HOST}.dataset.state === 'running'`);
  await webkit.press('s');
  await webkit.until(`${HOST}.dataset.state === 'stopped'`);
  await webkit.script(`${HOST}.settings = 'callers=8'; ${HOST}.speed = 'once'`);
  await webkit.until(`${ROOT}.querySelector('#setting-callers').value === '8'`);
  await webkit.press('r');
  await webkit.until(OVER);
});

test('the legend of a group stands in its row, and a number field has room for its text', async () => {
  await opened('ttl-cache');
  await webkit.script(`for (const details of ${ROOT}.querySelectorAll('details')) details.open = true`);
  writeFileSync(`${LOOKS}/controls.png`, await webkit.look());
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
