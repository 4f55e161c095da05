// The reader's own program in Python, in the program panel: run, judged, advised, kept.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';

import { openSite, playground } from './support/browser.js';
import { LONG, editor, opened } from './support/editor.js';
import { EXERCISES } from './support/exercises.js';
import { refused } from './support/refused.js';
import { LONGEST, fromHash, toHash } from '../../www/editor/shared.js';

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
    await like.waitFor();
    const lines = on.host.locator('playground-rules').getByRole('button', { name: /^At line \d+ of your program$/ }).first();
    await lines.click();
    const line = on.host.locator('.cm-wrong');
    assert.equal((await line.textContent())?.trim(), 'return await fetch_fn()');
    assert.equal(await on.code().then((code) => code.split('\n').findIndex((one) => one.includes('await fetch_fn()')) + 1), Number((await lines.textContent())?.match(/\d+/)?.[0]));
    await on.text.press('ControlOrMeta+Home');
    await page.keyboard.type('#');
    await lines.click();
    await on.told.getByText(/^The program was changed after it ran/).waitFor();
    assert.equal(await line.count(), 0);
    await on.run.click();
    await like.click();
    await on.until('mistake-shown');
    assert.equal(await on.chosen(), 'check-then-fetch');
    assert.match((await on.host.locator('#pane-mistake pre').textContent()) ?? '', /async def get_or_fetch/);
  }));

test('on a phone the line that is typed is in sight above the keyboard', LONG, () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      await page.getByRole('group', { name: 'Panels' }).getByRole('button', { name: 'Program' }).click();
      const on = await editor(page);
      await on.host.locator('.cm-line').nth(7).click();
      // It takes the lower half of the screen.
      await page.setViewportSize({ width: 360, height: 380 });
      await page.keyboard.type('typed = 1');
      const line = on.host.locator('.cm-line', { hasText: 'typed = 1' });
      await line.waitFor();
      const covered = await line.evaluate((line) => {
        const { left, top, height } = line.getBoundingClientRect();
        return !line.contains(/** @type {ShadowRoot} */ (line.getRootNode()).elementFromPoint(left + 10, top + height / 2));
      });
      assert.equal(covered, false, 'nothing is above it');
    },
    { viewport: { width: 360, height: 740 } },
  ));

test('on a phone the lines of a broken rule turn to the program', LONG, () =>
  site.page(
    'ttl-cache/',
    async (page) => {
      const panels = page.getByRole('group', { name: 'Panels' });
      await panels.getByRole('button', { name: 'Program' }).click();
      const on = await editor(page);
      await on.run.click();
      await on.until('broken');
      await on.text.waitFor({ state: 'hidden' });
      await panels.getByRole('button', { name: /^Rules/ }).click();
      await on.host.getByRole('button', { name: /of your program$/ }).first().click();
      await on.host.locator('.cm-wrong').waitFor();
    },
    { viewport: { width: 360, height: 740 } },
  ));

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

test('the code is still there after a reload, and "Start over", pressed twice, brings the starter back', LONG, () =>
  site.page('request-handler/', async (page) => {
    const on = await editor(page);
    const { starter } = await on.sources('request-handler');
    await on.text.press('ControlOrMeta+Home');
    await page.keyboard.type('# mine\n');
    await page.reload();
    const again = await editor(page);
    const mine = `# mine\n${starter}`;
    assert.equal(await again.code(), mine);
    page.on('dialog', () => assert.fail('no dialog opens'));
    const over = again.host.getByRole('button', { name: 'Start over', exact: true });
    const asks = again.host.getByRole('button', { name: 'Start over? Press again' });
    await over.click();
    await asks.press('Escape');
    await over.click();
    await again.host.getByRole('button', { name: 'Download' }).focus();
    await over.waitFor();
    assert.equal(await again.code(), mine, 'asked, and nothing done');
    await over.dblclick();
    await asks.waitFor();
    assert.equal(await again.code(), mine, 'a double click is one press');
    await asks.click();
    await over.waitFor();
    assert.equal(await again.code(), starter);
  }));

test('where nothing can be kept, the code outlasts another exercise, as long as the page', LONG, () =>
  site.page(
    'request-handler/',
    async (page) => {
      const on = await editor(page);
      await on.write('# mine\n');
      const turn = (/** @type {string} */ exercise) => on.host.evaluate((host, exercise) => Object.assign(host, { exercise }), exercise);
      await turn('health-check');
      await on.host.getByRole('region', { name: 'Playground: Health check' }).waitFor();
      await turn('request-handler');
      await on.host.getByRole('region', { name: 'Playground: Async request handler' }).waitFor();
      assert.equal(await (await editor(page)).code(), '# mine\n');
    },
    { init: refused },
  ));

test('the open tab follows the chosen program, and the Rust tab is never empty', LONG, () =>
  site.page('', async (page) => {
    await page.evaluate(async (address) => {
      await import(address);
      const host = Object.assign(document.createElement('async-playground'), { exercise: 'ttl-cache' });
      document.querySelector('main')?.prepend(host);
    }, `${site.url}playground.js`);
    const on = await editor(page);
    const selected = () => on.host.locator('[role="tab"][aria-selected="true"]').textContent();
    assert.equal(await selected(), 'Yours');
    await on.choose('check-then-fetch');
    assert.equal(await selected(), 'Mistake');
    assert.match((await on.host.locator('#pane-mistake pre').textContent()) ?? '', /async def get_or_fetch/);
    await on.choose('correct');
    assert.equal(await selected(), 'Rust');
    await on.host.locator('#pane-correct pre').getByText(/use std::/).waitFor();
    await on.host.getByRole('tab', { name: 'Mistake' }).click();
    assert.equal(await on.chosen(), 'check-then-fetch');
    await on.program('correct');
    assert.equal(await selected(), 'Rust');
    assert.equal(await on.host.getByRole('tab', { name: 'Rust' }).isVisible(), true);
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

test('Check harder runs the answer at other settings, and complains of what the controls have as Run does', LONG, () =>
  site.page('circuit-breaker/', async (page) => {
    const on = await editor(page);
    const { answer } = await on.sources('circuit-breaker');
    await on.write(answer);
    await on.run.click();
    await on.until('passed');
    await on.openMore();
    await on.host.getByLabel('Seed').fill('-1');
    await on.host.locator('details.more summary').click();
    await on.host.getByRole('button', { name: 'Check harder' }).click();
    await on.told.getByText(/^Set the seed to a whole number from 0/).waitFor();
    assert.equal(await on.host.getByLabel('Seed').evaluate((field) => field.matches(':focus')), true);
    await on.host.getByLabel('Seed').fill('');
    await on.host.getByRole('button', { name: 'Check harder' }).click();
    await on.told.getByText(/^It held in all \d+ runs/).waitFor();
  }));

test('Check harder shows the first run that breaks a rule, at its settings and with nothing else', LONG, () =>
  site.page('ttl-cache/', async (page) => {
    const on = await editor(page);
    const { mistakes } = await on.sources('ttl-cache');
    await on.write(mistakes['followers-hang'] ?? '');
    await on.run.click();
    await on.until('passed');
    await on.host.getByRole('button', { name: 'Check harder' }).click();
    const show = on.told.getByRole('button', { name: 'Show this run' });
    await show.waitFor();
    assert.equal(await on.summary.textContent(), 'At the usual settings. At others it breaks a rule.');
    await on.host.evaluate((host) => Object.assign(host, { order: [1], interfere: [{ at: 10, what: 'cancel', task: 1 }] }));
    await show.click();
    await page.locator('async-playground:is([data-state="broken"], [data-state="error"], [data-state="stuck"])').waitFor();
    const request = await on.host.evaluate((host) => /** @type {any} */ (host).player.recording.request);
    assert.deepEqual([request.program, request.order, request.interfere], ['yours', undefined, undefined]);
    assert.ok(Object.keys(request.settings).length > 0);
  }));

test('an attempt has the code that was judged; what has been changed since is neither marked nor checked harder', LONG, () =>
  site.page('request-handler/', async (page) => {
    const on = await editor(page);
    const { answer } = await on.sources('request-handler');
    await on.write(answer);
    const { attempt, solved } = await on.host.evaluate(async (host, changed) => {
      const heard = (/** @type {string} */ name) => new Promise((resolve) => host.addEventListener(name, (event) => resolve(/** @type {CustomEvent} */ (event).detail), { once: true }));
      const all = [heard('attempt'), heard('solved')];
      /** @type {any} */ (host).run();
      Object.assign(/** @type {any} */ (host.shadowRoot?.querySelector('playground-editor')), { code: changed });
      const [attempt, solved] = await Promise.all(all);
      return { attempt: attempt.code, solved: solved.code };
    }, 'changed = True\n');
    assert.deepEqual([attempt, solved], [answer, answer]);
    await on.told.getByText(/^Solved, as it was when you pressed Run/).waitFor();
    const check = on.host.getByRole('button', { name: 'Check harder' });
    assert.equal(await check.isVisible(), false);
    await on.write(answer);
    await on.run.click();
    await on.until('running');
    await on.until('passed');
    await check.waitFor();
    await on.text.press('ControlOrMeta+Home');
    await page.keyboard.type('#');
    assert.equal(await check.isVisible(), false);
    assert.equal(await on.told.textContent(), '', 'what was said of the text before');
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
      assert.match((await on.told.textContent()) ?? '', /^This program came with the link/);
      assert.equal(await on.state(), 'before');
      await page.goto('about:blank');
      await page.goto(`${link.split('#')[0]}#code=nonsense`);
      await page.locator('async-playground .cm-content').waitFor();
      assert.equal(await on.code(), (await on.sources('request-handler')).starter, 'what no code gives is left aside');
      assert.match((await on.told.textContent()) ?? '', /^The program in the link cannot be read/);
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  ));

test('the first change makes the program of a link the own one, and another link that is opened on the page is followed', LONG, async () => {
  const [one, other] = await Promise.all(['# one\n', '# other\n'].map(toHash));
  await site.page(`request-handler/?speed=once${one}`, async (page) => {
    page.setDefaultTimeout(60_000);
    const on = await opened(page);
    assert.equal(await on.code(), '# one\n');
    await on.text.press('ControlOrMeta+End');
    await page.keyboard.type('mine');
    assert.equal(await on.told.textContent(), '');
    assert.equal(await page.evaluate(() => location.search + location.hash), '?speed=once');
    await page.reload();
    assert.equal(await (await editor(page)).code(), '# one\nmine');
    await page.evaluate((hash) => (location.hash = hash), other ?? '');
    await on.told.getByText(/^This program came with the link/).waitFor();
    assert.equal(await on.code(), '# other\n');
    await on.told.getByRole('button', { name: 'Back to mine' }).click();
    assert.equal(await on.code(), '# one\nmine');
    assert.equal(await page.evaluate(() => location.hash), '');
    await page.evaluate((hash) => (location.hash = hash), other ?? '');
    await on.told.getByText(/^This program came with the link/).waitFor();
    await page.evaluate(() => (location.hash = '#code=-'));
    await on.told.getByText(/^The program in the link cannot be read/).waitFor();
    assert.equal(await on.code(), '# other\n');
    await page.reload();
    assert.equal(await (await opened(page)).code(), '# one\nmine', 'a link that was only looked at changes nothing');
  });
  await site.page('request-handler/', async (page) => {
    await playground(page);
    await page.evaluate((hash) => (location.hash = hash), one ?? '');
    assert.equal(await (await opened(page)).code(), '# one\n', 'also before the editor is open');
  });
});

test('a link takes no longer program than it gives back, and of a few letters that unpack to very many the rest is not unpacked', async () => {
  const most = 'x'.repeat(LONGEST);
  assert.equal(await fromHash(await toHash(most)), most);
  await assert.rejects(toHash(`${most}x`), /the program has 100001 characters, and a link takes at most 100000/);
  const { DecompressionStream } = globalThis;
  let unpacked = 0;
  class Counted {
    constructor() {
      const inner = new DecompressionStream('deflate-raw');
      this.writable = inner.writable;
      this.readable = inner.readable.pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            unpacked += chunk.length;
            controller.enqueue(chunk);
          },
        }),
      );
    }
  }
  Object.assign(globalThis, { DecompressionStream: Counted });
  try {
    const bomb = deflateRawSync(Buffer.alloc(50_000_000, 32)).toString('base64url');
    assert.equal(await fromHash(`#code=${bomb}`), null);
    assert.ok(unpacked > LONGEST && unpacked < 5_000_000, `${unpacked} bytes`);
  } finally {
    Object.assign(globalThis, { DecompressionStream });
  }
});

test('a program that is too long is not run, and the link says why it is not there', LONG, () =>
  site.page('request-handler/', async (page) => {
    const on = await editor(page);
    await on.write(`${(await on.sources('request-handler')).answer}# ${'x'.repeat(LONGEST)}\n`);
    await on.run.click();
    await on.summary.getByText(/It may have 100,000\.$/).waitFor();
    await on.host.getByRole('button', { name: 'Copy link' }).click();
    await on.note.getByText(/^There is no link to this run: The program has \d+ characters, and a link takes at most 100000\.$/).waitFor();
  }));

test('a program is judged at the settings of the exercise, not at those of a mistake that was shown before', LONG, () =>
  site.page('connection-pool/', async (page) => {
    const on = await playground(page);
    await on.program('lost-wake-up');
    await on.until('mistake-shown');
    await on.host.locator('#pane-mistake pre').waitFor();
    await on.host.getByRole('tab', { name: 'Yours' }).click();
    assert.equal(await on.state(), 'before', 'what is shown is of another program');
    const request = await on.host.evaluate((host) => /** @type {any} */ (host).player.recording.request.program);
    assert.equal(request, 'lost-wake-up');
    await on.run.click();
    await page.locator('async-playground:is([data-state="broken"], [data-state="error"], [data-state="stuck"])').waitFor({ timeout: 60_000 });
    const shown = await on.host.evaluate((host) => /** @type {any} */ (host).player.recording.request);
    assert.deepEqual([shown.program, shown.settings, shown.order, shown.seed], ['yours', {}, undefined, undefined]);
  }));

test('the card of a mistake shows its program in Python beside its picture, and the one in Rust in a tab', LONG, () =>
  site.page('ttl-cache/', async (page) => {
    const on = await playground(page);
    await on.program('check-then-fetch');
    await on.until('mistake-shown');
    const shown = on.host.locator('#pane-mistake pre');
    await shown.waitFor();
    assert.match((await shown.textContent()) ?? '', /^class AsyncTTLCache/m);
    assert.match((await shown.locator('mark').textContent()) ?? '', /^ +# Mistake: /);
    assert.equal(await on.host.locator('.cm-content').count(), 0, 'nobody has turned to an editor');
    assert.equal(await on.host.getByRole('button', { name: 'Its code' }).isVisible(), false, 'it is in sight');
    await on.host.getByRole('tab', { name: 'Rust' }).click();
    await page.locator('.sources pre').first().waitFor();
  }));

test('lines that the program prints besides the expected ones are said to be more than expected', LONG, () =>
  site.page('request-handler/', async (page) => {
    const on = await editor(page);
    await on.write((await on.sources('request-handler')).answer.replace(/^( +)(?=.*\bawait )/m, "$1print('looking up', user_id)\n$1"));
    await on.run.click();
    await on.until('broken');
    assert.equal(await on.summary.textContent(), '2 lines more than expected, the first “looking up 1”.');
  }));

test('a whole program that was pasted runs in the exercise, or as it is until the reader takes it back', LONG, () =>
  site.page('ttl-cache/', async (page) => {
    const on = await editor(page);
    const { answer } = await on.sources('ttl-cache');
    await on.write(`${answer}\n\nasync def main():\n    await asyncio.gather(asyncio.sleep(0.1), asyncio.sleep(0.2))\n    print('mine')\n\nasyncio.run(main())\n`);
    await on.run.click();
    await on.until('passed');
    await on.told.getByText('The exercise runs the program itself, so this is left out.').waitFor();
    await on.told.getByRole('button', { name: 'Run it as it is' }).click();
    await on.until('watched');
    assert.equal(await on.summary.textContent(), '1 line in 200 ms. Nothing was judged.');
    assert.match(await on.host.locator('playground-output').innerText(), /mine/);
    assert.match(await on.host.locator('playground-picture').first().innerText(), /main/);
    assert.equal(await on.host.locator('playground-rules [data-state="passed"], playground-rules [data-state="failed"]').count(), 0);
    assert.equal(await on.host.getByRole('button', { name: 'Find an unlucky order' }).isVisible(), false);
    // A change leaves it so, in sight.
    await on.text.press('ControlOrMeta+Home');
    await page.keyboard.press('Enter');
    await on.told.getByText(/^The Run button now runs the program as it is/).waitFor();
    await on.run.click();
    await on.until('watched');
    await on.told.getByRole('button', { name: 'Run it in the exercise' }).click();
    await on.until('passed');
    await on.text.press('ControlOrMeta+Home');
    await page.keyboard.press('Enter');
    assert.equal(await on.summary.textContent(), 'Before your last change. Press Run to have it judged again.');
  }));

test('where the texts in Python do not load, the panel says so, and the program in Rust is there', LONG, () =>
  site.page(
    'request-handler/',
    async (page) => {
      await page.route('**/python/request-handler.json', (route) => route.abort());
      const on = await playground(page);
      await on.host.getByRole('button', { name: 'Write it yourself in Python' }).click();
      await on.host.getByText(/^Python is not here: /).waitFor();
      await on.host.getByRole('tab', { name: 'Rust' }).click();
      await page.locator('.sources pre').first().waitFor();
      await on.run.click();
      await on.until('watched');
    },
    { trouble: true },
  ));

test('a program that does not begin has broken no rule, and kept none', LONG, () =>
  site.page('connection-pool/', async (page) => {
    const on = await editor(page);
    await on.write('class AsyncConnectionPool:\n    def __init__(self, max_connections)\n        pass\n');
    await on.run.click();
    await on.until('error');
    assert.match((await on.summary.textContent()) ?? '', /^Line 2: /);
    assert.equal(await on.host.locator('.rules li:not([data-state="ready"])').count(), 0);
    assert.equal(await on.host.locator('playground-picture text.rule').count(), 0, 'the picture says so too');
  }));

