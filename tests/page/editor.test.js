// The reader's own program in Python, in the program panel: run, judged, advised, kept.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openSite, playground } from './support/browser.js';
import { LONG, editor } from './support/editor.js';
import { EXERCISES } from './support/exercises.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

for (const { slug } of EXERCISES) {
  test(`${slug}: the starter does not pass, our answer does, and then the answer is open`, LONG, () =>
    site.page(`${slug}/`, async (page) => {
      const on = await editor(page);
      await on.run.click();
      await page.locator('async-playground:is([data-state="broken"], [data-state="error"], [data-state="stuck"])').waitFor();
      assert.ok(((await on.summary.textContent()) ?? '').length > 10, 'it says why');
      const { answer, starter } = await on.sources(slug);
      assert.equal(await on.code(), starter);
      await on.write(answer);
      await on.run.click();
      await on.until('passed');
      assert.equal(await on.host.getByRole('tab', { name: 'Answer' }).isVisible(), true);
      await on.host.getByRole('tab', { name: 'Answer' }).click();
      await on.host.locator('#pane-answer pre').waitFor();
      assert.equal(await on.host.locator('playground-verdict').innerText(), 'Solved');
    }));
}

test('advice: a program with the behaviour of a known mistake gets the name of that mistake, as a button to its card', LONG, () =>
  site.page('ttl-cache/', async (page) => {
    const on = await editor(page);
    await on.run.click();
    await on.until('broken');
    const like = on.told.getByRole('button', { name: 'Check, then fetch' });
    await like.click();
    await on.until('mistake-shown');
    assert.equal(await on.chosen(), 'check-then-fetch');
    assert.match((await on.host.locator('#pane-mistake pre').textContent()) ?? '', /async def get_or_fetch/);
  }));

test('an error names its line and marks it, and the next run works', LONG, () =>
  site.page('health-check/', async (page) => {
    const on = await editor(page);
    const { answer } = await on.sources('health-check');
    const lines = answer.split('\n');
    await on.write([...lines.slice(0, 2), 'asyncio.slep(1)', ...lines.slice(2)].join('\n'));
    await on.run.click();
    await on.until('error');
    assert.match((await on.summary.textContent()) ?? '', /^Line 3: /);
    assert.equal(await on.host.locator('.cm-wrong').textContent(), 'asyncio.slep(1)');
    await on.write(answer);
    assert.equal(await on.host.locator('.cm-wrong').count(), 0, 'edited code is not wrong yet');
    await on.run.click();
    await on.until('passed');
  }));

test('the code is still there after a reload, and "Start over" brings the starter back', LONG, () =>
  site.page('request-handler/', async (page) => {
    const on = await editor(page);
    const { starter } = await on.sources('request-handler');
    await on.text.press('ControlOrMeta+Home');
    await page.keyboard.type('# mine\n');
    await page.reload();
    const again = await editor(page);
    assert.equal(await again.code(), `# mine\n${starter}`);
    page.once('dialog', (dialog) => dialog.accept());
    await again.host.getByRole('button', { name: 'Start over' }).click();
    assert.equal(await again.code(), starter);
  }));

test('by keyboard: Ctrl+Enter runs, Tab indents, Escape and Tab leave the text, arrows change tabs', LONG, () =>
  site.page('request-handler/', async (page) => {
    const on = await editor(page);
    await on.text.press('ControlOrMeta+Home');
    await page.keyboard.press('Tab');
    assert.match(await on.code(), /^ {4}/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.equal(await on.host.evaluate((host) => host.shadowRoot?.activeElement?.textContent), 'Start over');
    await on.write((await on.sources('request-handler')).answer);
    await on.text.press('ControlOrMeta+Enter');
    await on.until('passed');
    await on.host.getByRole('tab', { name: 'Yours' }).press('ArrowRight');
    assert.equal(await on.host.getByRole('tab', { name: 'Answer' }).getAttribute('aria-selected'), 'true');
  }));

test('Check harder shows the first run that breaks a rule, at its settings', LONG, () =>
  site.page('circuit-breaker/', async (page) => {
    const on = await editor(page);
    const { answer } = await on.sources('circuit-breaker');
    await on.write(answer);
    await on.run.click();
    await on.until('passed');
    await on.host.getByRole('button', { name: 'Check harder' }).click();
    await on.told.getByText(/^It held in all \d+ runs/).waitFor();
  }));

test('the page around it hears attempts and the solution, and may bring a starter of its own', LONG, () =>
  site.page('request-handler/', async (page) => {
    await page.evaluate(() => {
      const host = /** @type {HTMLElement} */ (document.querySelector('async-playground'));
      host.setAttribute('code', 'async def get_user(user_id):\n    return None\n');
      /** @type {any[]} */
      const heard = [];
      Object.assign(globalThis, { heard });
      for (const name of ['attempt', 'solved']) document.addEventListener(name, (event) => heard.push([name, /** @type {CustomEvent} */ (event).detail]));
    });
    const on = await editor(page);
    assert.match(await on.code(), /return None/);
    await on.run.click();
    await page.waitForFunction(() => /** @type {any} */ (globalThis).heard.length > 0);
    await on.write((await on.sources('request-handler')).answer);
    await on.run.click();
    await on.until('passed');
    const heard = await page.evaluate(() => /** @type {any} */ (globalThis).heard);
    assert.deepEqual(heard.map((/** @type {any} */ [name, { exercise }]) => [name, exercise]), [['attempt', 'request-handler'], ['attempt', 'request-handler'], ['solved', 'request-handler']]);
    assert.equal(heard[0][1].verdict, 'failed');
    assert.match(heard[0][1].code, /return None/);
  }));

test('a link takes the program along, and what it opens is run by the reader alone', LONG, () =>
  site.page(
    'request-handler/',
    async (page) => {
      const on = await editor(page);
      const { answer } = await on.sources('request-handler');
      await on.write(`# \u00e4 from a link\n${answer}`);
      await on.run.click();
      await on.until('passed');
      await on.host.getByRole('button', { name: 'Copy link' }).click();
      await on.host.getByRole('button', { name: 'Link copied' }).waitFor();
      const link = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(link, /#code=[\w-]+$/);
      await page.evaluate(() => localStorage.clear());
      await page.goto('about:blank');
      await page.goto(link);
      await page.locator('async-playground .cm-content').waitFor();
      assert.equal(await on.code(), `# \u00e4 from a link\n${answer}`);
      assert.match((await on.told.textContent()) ?? '', /somebody else's program/);
      assert.equal(await on.state(), 'before');
      await page.goto('about:blank');
      await page.goto(`${link.split('#')[0]}#code=nonsense`);
      await page.locator('async-playground .cm-content').waitFor();
      assert.equal(await on.code(), (await on.sources('request-handler')).starter, 'what no code gives is left aside');
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  ));

test('a program is judged at the settings of the exercise, not at those of a mistake that was shown before', LONG, () =>
  site.page('connection-pool/', async (page) => {
    const on = await playground(page);
    await on.program('lost-wake-up');
    await on.until('mistake-shown');
    await on.host.getByRole('button', { name: 'Its code' }).click();
    await on.host.locator('#pane-mistake pre, #pane-mistake .ask').first().waitFor();
    await on.host.getByRole('tab', { name: 'Yours' }).click();
    assert.equal(await on.state(), 'before', 'what is shown is of another program');
    const request = await on.host.evaluate((host) => /** @type {any} */ (host).player.recording.request.program);
    assert.equal(request, 'lost-wake-up');
    await on.run.click();
    await page.locator('async-playground:is([data-state="broken"], [data-state="error"], [data-state="stuck"])').waitFor({ timeout: 60_000 });
    const shown = await on.host.evaluate((host) => /** @type {any} */ (host).player.recording.request);
    assert.deepEqual([shown.program, shown.settings, shown.order, shown.seed], ['yours', {}, undefined, undefined]);
  }));

test('a program that does not begin has broken no rule, and kept none', LONG, () =>
  site.page('connection-pool/', async (page) => {
    const on = await editor(page);
    await on.write('class AsyncConnectionPool:\n    def __init__(self, max_connections)\n        pass\n');
    await on.run.click();
    await on.until('error');
    assert.match((await on.summary.textContent()) ?? '', /^Line 2: /);
    assert.equal(await on.host.locator('.rules li:not([data-state="ready"])').count(), 0);
  }));

