// Programs in Python in the page: they run in a worker, are judged by the rules, and whatever they do is ended in words.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openSite, openServed, DIST } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { serveLessons } from './support/lessons.js';
import { POLICY } from './support/server.js';
import { file, python } from '../python/support.js';

/**
 * @typedef {import('./support/browser.js').Module} Module
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('../../www/api/playground.js').PythonReport} PythonReport
 */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/**
 * @param {(on: Awaited<ReturnType<typeof loaded>>, page: Page) => Promise<void>} work on a page that has the module and nothing else of ours
 */
const withPython = (work) => site.page('', async (page) => work(await loaded(page), page));

/** @param {Page} page */
async function loaded(page) {
  await page.evaluate(async (address) => Object.assign(globalThis, { playground: await import(address) }), `${site.url}playground.js`);
  const module = /** @type {import('playwright-core').JSHandle<Module>} */ (await page.evaluateHandle('globalThis.playground'));
  return {
    module,
    /**
     * @param {string} slug
     * @param {object} options
     * @returns {Promise<PythonReport>}
     */
    run: (slug, options) => /** @type {any} */ (module.evaluate((module, [slug, options]) => module.run(/** @type {any} */ (slug), /** @type {any} */ (options)), [slug, options])),
    /**
     * What a call is refused with.
     * @param {string} slug
     * @param {object} options
     * @param {'run' | 'search' | 'check'} [call]
     */
    refused: (slug, options, call = 'run') =>
      module.evaluate(
        (module, { slug, options, call }) =>
          /** @type {any} */ (module)[call](slug, options).then(
            () => null,
            (/** @type {any} */ error) => ({ name: error.name, code: error.code ?? null, message: error.message }),
          ),
        { slug, options, call },
      ),
  };
}

const handler = (/** @type {string} */ body) => `import asyncio, time, sys\nasync def get_user(user_id):\n    ${body}\n`;

test('each answer passes, and each starter fails in words', (t) =>
  withPython(async ({ run, module }) => {
    for (const { slug } of EXERCISES) {
      await t.test(slug, async () => {
        const answer = await run(slug, { program: 'answer' });
        assert.equal(answer.verdict, 'passed', JSON.stringify(answer.rules.filter(({ held }) => !held)));
        assert.equal(answer.program, 'answer');
        const { starter } = await module.evaluate((module, slug) => module.sources(slug), slug);
        const report = await run(slug, { code: starter });
        assert.equal(report.verdict, 'failed');
        assert.equal(report.program, 'yours');
        const broken = report.rules.some(({ held }) => !held) || report.rows.some(({ status }) => status !== 'matched');
        assert.ok(broken || report.error, 'it says what is wrong');
      });
    }
  }));

test('a trace is the same, byte for byte, as in Node.js', (t) =>
  withPython(async ({ module }) => {
    const node = await python();
    for (const slug of ['connection-pool', 'circuit-breaker', 'ttl-cache', 'full-service']) {
      for (const seed of [null, 7]) {
        await t.test(`${slug}, ${seed === null ? 'first come, first served' : `seed ${seed}`}`, async () => {
          const [program, scenario] = [await file(slug, 'answer.py'), await file(slug, 'scenario.py')];
          const { settings, events } = await module.evaluate(
            async (module, [slug, code, seed]) => {
              /** @type {unknown[]} */
              const events = [];
              const options = { code, ...(seed === null ? {} : { seed: Number(seed) }), onEvents: (/** @type {unknown[]} */ some) => events.push(...some) };
              const { settings } = await module.run(String(slug), /** @type {any} */ (options));
              return { settings, events: JSON.stringify(events) };
            },
            /** @type {[string, string, number | null]} */ ([slug, program, seed]),
          );
          assert.equal(events, JSON.stringify(node.run({ program, scenario, settings, seed }).events));
        });
      }
    }
  }));

/** @type {[string, string, RegExp, number | null][]} */
const WRONG = [
  ['a syntax error', 'def f(:\n', /SyntaxError/, 1],
  ['an unknown name', handler('return futrue'), /Line 3: NameError/, 3],
  ['an endless loop without an await', handler('while True: pass'), /A loop ran more than/, 3],
  ['endless recursion', handler('return await get_user(user_id)'), /RecursionError/, 3],
  ['too much memory', handler('return len("x" * 10**9)'), /more than 256 MB/, 3],
  ['a wait for nothing', handler('await asyncio.Event().wait()'), /Stuck at 0 ms/, 3],
];

test('what is wrong with a program is said in words, with its line, and the next run answers', (t) =>
  withPython(async ({ run }) => {
    for (const [name, code, sentence, line] of WRONG) {
      await t.test(name, async () => {
        const report = await run('request-handler', { code });
        assert.equal(report.verdict, 'failed');
        assert.match(report.error ?? '', sentence);
        assert.equal(report.line, line);
        assert.equal((await run('request-handler', { program: 'answer' })).verdict, 'passed');
      });
    }
  }));

/** What fills the stack of the worker. @type {[string, string][]} */
const DEEP = [
  ['an attribute that looks for itself', 'class A:\n    def __getattr__(self, name): return getattr(self, name)\nA().x\n'],
  ['a value', 'import json\njson.loads("[" * 10**5)\n'],
  ['an expression', `x = ${'1 + '.repeat(10_000)}1\n`],
];

test('what is nested too deeply is said in words, and a spare takes over', (t) =>
  withPython(async ({ run }) => {
    for (const [name, code] of DEEP) {
      await t.test(name, async () => {
        const report = await run('request-handler', { code });
        // Where the stack of the browser is larger, Python's own limit comes first.
        assert.match(report.error ?? '', /^(The run broke down: calls, values or expressions are nested too deeply in each other\. The next run.*|Line \d+: RecursionError: maximum recursion depth exceeded.*)$/);
        assert.equal((await run('request-handler', { program: 'answer' })).verdict, 'passed');
      });
    }
  }));

const SWALLOWS = handler(`def spin():
        while True: pass
    def swallow(_):
        try:
            spin()
        except:
            return 0
    sum(map(swallow, range(10**9)))`);

test('what cannot be stopped from within is ended by the watch, and a spare takes over', (t) =>
  withPython(async ({ run }) => {
    for (const [name, code, why, line] of /** @type {const} */ ([
      ['a bare except that swallows every stop', SWALLOWS, /Look for a loop that never ends/, 4],
      ['one call that never returns', handler('sum(range(10**13))'), /Look for a loop that never ends/, null],
    ])) {
      await t.test(name, async () => {
        const report = await run('request-handler', { code });
        assert.equal(report.verdict, 'failed');
        assert.match(report.error ?? '', /did not answer for 3 s, so it was ended\./);
        assert.match(report.error ?? '', why);
        assert.equal(report.line, line);
        assert.equal((await run('request-handler', { program: 'answer' })).verdict, 'passed');
      });
    }
  }));

/** Each tries a way out of the sandbox, and prints what came of it. */
const ESCAPES = {
  'import js': 'import js\n    print("out", js.fetch)',
  'import pyodide_js': 'import pyodide_js\n    print("out", pyodide_js)',
  'pyodide.code': 'from pyodide.code import run_js\n    print("out", run_js("1"))',
  'a module that is still loaded': 'print("out", sys.modules["pyodide.code"].run_js("1"))',
  'a file of the host': 'print("out", open("/etc/passwd").read())',
  'a socket': 'import urllib.request\n    print("out", urllib.request.urlopen("http://127.0.0.1/"))',
};

test('a program has no way out', (t) =>
  withPython(async ({ run }) => {
    for (const [name, body] of Object.entries(ESCAPES)) {
      await t.test(name, async () => {
        const report = await run('request-handler', { code: handler(body) });
        assert.ok(report.error, 'it fails');
        assert.doesNotMatch(JSON.stringify(report.rows), /"out/);
      });
    }
    await t.test('what JavaScript objects it may find lead nowhere', async () => {
      // The functions of Pyodide that compile text find nothing to reach.
      const body = `import gc, types
    found = [m for m in gc.get_objects() if isinstance(m, types.ModuleType) and m.__name__ == "pyodide_js"]
    for module in found:
        for name in ("fetch", "postMessage", "XMLHttpRequest", "WebSocket", "importScripts", "indexedDB", "eval"):
            try:
                print(name, module.globals.get("x"), getattr(module, name))
            except AttributeError:
                pass`;
      const lines = (await run('request-handler', { code: handler(body) })).rows.map(({ actual }) => actual ?? '');
      assert.deepEqual(lines.filter((line) => /^(fetch|postMessage|XMLH|WebS|importS|indexed|eval)/.test(line)), []);
    });
  }));

test('what is not allowed is refused before Python loads', () =>
  withPython(async ({ refused }) => {
    const cases = /** @type {[object, RegExp][]} */ ([
      [{ code: 7 }, /code must be a text, not a number/],
      [{ code: '', clock: 'real' }, /clock must be simulated/],
      [{ code: '', program: 'correct' }, /program must be "yours" or "as-it-is" where there is code/],
      [{ program: 'as-it-is' }, /as-it-is/],
      [{ code: '', settings: { ids: 'x' } }, /setting ids must be a list/],
      [{ code: '', seed: -1 }, /seed must be/],
      [{ code: '', colour: 'red' }, /unknown option "colour"/],
    ]);
    for (const [options, message] of cases) assert.match((await refused('request-handler', options))?.message ?? '', message);
    // A search and a check have orders of their own; a wrong one is wrong all the same.
    for (const call of /** @type {const} */ (['search', 'check'])) {
      assert.match((await refused('request-handler', { code: '', seed: -1 }, call))?.message ?? '', /seed must be/);
      assert.match((await refused('request-handler', { code: '', order: ['x'] }, call))?.message ?? '', /order must be/);
      assert.match((await refused('request-handler', { code: '', program: 'as-it-is' }, call))?.message ?? '', /takes a program that the exercise runs, not "as-it-is"/);
    }
  }));

test('a program that runs as it is has its lines and its end, and is not judged', () =>
  withPython(async ({ run, module }) => {
    const code = "import asyncio\nasync def main():\n    await asyncio.sleep(0.3)\n    print('mine')\nasyncio.run(main())\n";
    const { settings: _, rules, ...report } = await run('ttl-cache', { code, program: 'as-it-is' });
    assert.deepEqual(
      [report.program, report.verdict, report.judged, report.rows, report.error, report.elapsed, report.tasks, report.is_whole],
      ['as-it-is', 'unjudged', 'nothing', [], null, 300, 1, true],
    );
    assert.deepEqual([...new Set(rules.map(({ held }) => held))], [null]);
    const wrong = await run('ttl-cache', { code: `${code}1 / 0\n`, program: 'as-it-is' });
    assert.deepEqual([wrong.verdict, wrong.line], ['unjudged', 6]);
    assert.match(wrong.error ?? '', /^Line 6: ZeroDivisionError/);
    const two = 'import asyncio\nasync def say():\n    pass\nasync def main():\n    await asyncio.gather(say(), say())\nasyncio.run(main())\n';
    const decisions = await module.evaluate((module, code) => module.decisions('ttl-cache', { code, program: 'as-it-is' }), two);
    assert.deepEqual(decisions.map(({ ready }) => ready), [[1, 2]]);
  }));

test('runs wait for each other, an abort ends the one that goes on, and progress is told', () =>
  withPython(async ({ module }) => {
    const told = await module.evaluate(async (module) => {
      /** @type {{loaded: number, total: number}[]} */
      const progress = [];
      await module.ready('python', { onProgress: (report) => progress.push(report) });
      const going = new AbortController();
      const endless = module.run('request-handler', { code: 'import asyncio\nasync def get_user(i):\n    sum(range(10**13))\n', signal: going.signal });
      const next = module.run('request-handler', { program: 'answer' });
      setTimeout(() => going.abort(), 300);
      const name = await endless.then(() => '', (error) => error.name);
      return { progress, name, verdict: (await next).verdict };
    });
    assert.equal(told.name, 'AbortError');
    assert.equal(told.verdict, 'passed');
    const last = told.progress.at(-1);
    assert.ok(last !== undefined && last.loaded === last.total && last.total > 10_000_000, JSON.stringify(last));
  }));

test('a search and a check find what a mistake breaks, and our answer passes both', (t) =>
  withPython(async ({ module }) => {
    const { mistakes } = await module.evaluate((module) => module.sources('ttl-cache'));
    await t.test('search', async () => {
      const [found, none] = await module.evaluate(async (module, code) => [await module.search('ttl-cache', { code, seeds: 60 }), await module.search('ttl-cache', { program: 'answer', seeds: 5 })], mistakes['announced-first'] ?? '');
      assert.ok(found?.failure && found.failure.rules.length > 0);
      assert.equal(found.tried, found.held + 1);
      assert.equal(none?.failure, null);
      assert.equal(none?.held, 5);
    });
    await t.test('check', async () => {
      const found = await module.evaluate((module, code) => module.check('ttl-cache', { code }), mistakes['followers-hang'] ?? '');
      assert.ok(found.failure && Object.keys(found.failure.settings).length > 5);
      const none = await module.evaluate((module) => module.check('ttl-cache', { program: 'answer' }));
      assert.equal(none.failure, null, JSON.stringify(none.failure));
      assert.equal(none.tried, none.runs);
    });
  }));

test('in a frame without an origin it runs where the policy allows a blob, and says so where it does not', async (t) => {
  for (const [name, policy, works] of /** @type {const} */ ([
    ['with worker-src blob:', `${POLICY}; worker-src blob:`, true],
    ['without', POLICY, false],
  ])) {
    await t.test(name, async () => {
      const served = await openServed(DIST, { 'content-security-policy': policy });
      const lessons = await serveLessons(() => ({
        '/': { html: `<!doctype html><title>Lesson</title><iframe sandbox="allow-scripts" src="${served.url}request-handler/?embed"></iframe>` },
      }));
      try {
        await served.page(
          lessons.url,
          async (page) => {
            await page.frameLocator('iframe').locator('async-playground[data-state]').waitFor();
            const frame = page.frames().find((frame) => frame.parentFrame() !== null);
            const said = await frame?.evaluate(async (address) => {
              const { run } = /** @type {Module} */ (await import(address));
              return run('request-handler', { program: 'answer' }).then(({ verdict }) => verdict, (error) => error.message);
            }, `${served.url}playground.js`);
            if (works) assert.equal(said, 'passed');
            else assert.match(said ?? '', /this page's policy allows no worker. It needs `worker-src blob:`/);
          },
          { trouble: !works },
        );
      } finally {
        await lessons.close();
        await served.close();
      }
    });
  }
});
