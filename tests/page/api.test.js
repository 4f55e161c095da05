// The module as any page may use it: bad input is refused in words, and the next run works.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';

/** @typedef {import('./support/browser.js').Module} Module */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/**
 * Runs `work` with the module inside a page that has nothing else of ours, then a default run that must pass.
 * @template T
 * @param {(module: Module) => Promise<T>} work
 * @param {(result: T) => void} check
 * @param {import('./support/browser.js').Wishes} [wishes]
 */
function withModule(work, check, wishes) {
  return site.page(
    '',
    async (page) => {
      const address = `${site.url}playground.js`;
      await page.evaluate(async (address) => Object.assign(globalThis, { playground: await import(address) }), address);
      const handle = /** @type {any} */ (await page.evaluateHandle('globalThis.playground'));
      check(/** @type {any} */ (await handle.evaluate(/** @type {any} */ (work))));
      const verdict = await handle.evaluate(async (/** @type {Module} */ module) => (await module.run('request-handler')).verdict);
      assert.equal(verdict, 'passed', 'the next run works');
    },
    wishes,
  );
}

test('run works without waiting for ready, and says how it went', () =>
  withModule(
    (module) => module.run('request-handler'),
    (report) => {
      assert.equal(report.verdict, 'passed');
      assert.equal(report.clock, 'simulated');
      assert.equal(report.program, 'correct');
      assert.equal(report.elapsed, 100);
      assert.equal(report.late, undefined);
      assert.equal(report.error, null);
    },
  ));

test('the catalogue has every exercise, after ready and not before, and gives copies', () =>
  withModule(
    async (module) => {
      let early = null;
      try {
        module.catalogue();
      } catch (error) {
        early = /** @type {any} */ (error).code;
      }
      await module.ready();
      await module.ready();
      const first = module.catalogue();
      first.pop();
      first[0]?.settings.splice(0);
      const infos = module.catalogue();
      return { early, slugs: infos.map(({ slug }) => slug), numbers: infos.map(({ number }) => number), settings: infos[0]?.settings.length };
    },
    ({ early, slugs, numbers, settings }) => {
      assert.equal(early, 'load');
      assert.deepEqual(slugs, EXERCISES.map(({ slug }) => slug));
      assert.deepEqual(numbers, slugs.map((_, index) => index + 1));
      assert.ok((settings ?? 0) > 0);
    },
  ));

test('ready with a slug is enough to run that exercise, and not to judge lines', () =>
  withModule(
    async (module) => {
      const code = (/** @type {() => unknown} */ work) => {
        try {
          work();
        } catch (error) {
          return /** @type {any} */ (error).code;
        }
        return 'fine';
      };
      const early = code(() => module.compare('ttl-cache', []));
      await module.ready('ttl-cache');
      const slug = code(() => module.compare('ttl-cache', []));
      const { verdict } = await module.run('ttl-cache');
      await module.ready();
      const all = code(() => module.compare('ttl-cache', []));
      const unknown = code(() => module.compare('nope', []));
      const refused = await module.ready('nope').then(() => 'fine', (error) => error.code);
      return { early, slug, verdict, all, unknown, refused };
    },
    (codes) => {
      const expected = { early: 'load', slug: 'load', verdict: 'passed', all: 'fine', unknown: 'unknown-exercise', refused: 'unknown-exercise' };
      assert.deepEqual(codes, expected);
    },
  ));

test('a wrong request is refused with the same words by the lean and the full module', () =>
  withModule(
    async (module) => {
      const run = /** @type {(...input: any[]) => Promise<unknown>} */ (module.run);
      const told = () =>
        Promise.all(
          [{ clok: 'real' }, { clock: 'warp' }, { program: 3 }, { program: 'nope' }, { settings: { nope: 1 } }, { seed: -1 }, { order: [0.5] }, { interfere: [{ at: -1, what: 'backend down' }] }, { speed: 1 }, { clock: Symbol('real') }].map((options) =>
            run('ttl-cache', options).then(() => 'a report', (error) => `${error.code}: ${error.message}`),
          ),
        );
      await module.ready('ttl-cache');
      const lean = await told();
      await module.ready();
      return { lean, full: await told() };
    },
    ({ lean, full }) => {
      assert.deepEqual(lean, full);
      for (const outcome of lean) assert.match(outcome, /^(unknown-\w+|bad-value): ./);
    },
  ));

test('a wrong request is refused with a code and a message that names it', () =>
  withModule(
    async (module) => {
      await module.ready();
      const run = /** @type {(...input: any[]) => Promise<unknown>} */ (module.run);
      const slug = 'request-handler';
      /** @type {[string, any[], string | RegExp][]} */
      const cases = [
        ['unknown-exercise', ['nope'], 'nope'],
        ['unknown-exercise', ['__proto__'], '__proto__'],
        ['unknown-exercise', [''], ''],
        ['bad-value', [slug, null], 'options'],
        ['bad-value', [slug, 3], 'options'],
        ['bad-value', [slug, []], 'options'],
        ['unknown-option', [slug, { clok: 'real' }], 'clok'],
        ['bad-value', [slug, { clock: 'warp' }], 'clock'],
        ['bad-value', [slug, { clock: 3 }], 'clock'],
        ['unknown-program', [slug, { program: 'nope' }], 'nope'],
        ['unknown-setting', [slug, { settings: { nope: 1 } }], 'nope'],
        ['bad-value', [slug, { settings: 3 }], 'settings'],
        ['bad-value', [slug, { onEvents: 3 }], 'onEvents'],
        ['bad-value', [slug, { signal: {} }], 'signal'],
      ];
      const { proxy, revoke } = Proxy.revocable([], {});
      revoke();
      const throwing = () => {
        throw new RangeError('of the caller');
      };
      for (const options of [proxy, new Proxy({}, { ownKeys: throwing }), { get clock() { return throwing(); } }]) {
        cases.push(['bad-value', [slug, options], 'options must be an object that can be read']);
      }
      for (const settings of [proxy, new Proxy({}, { ownKeys: throwing })]) {
        cases.push(['bad-value', [slug, { settings }], 'settings must be an object that can be read']);
      }
      for (const ids of [proxy, new Proxy([1], { get: throwing })]) cases.push(['bad-value', [slug, { settings: { ids } }], 'setting ids']);
      for (const order of [3, 'x', [-1], [0.5], ['0'], [NaN]]) cases.push(['bad-value', [slug, { order }], 'order']);
      cases.push(['bad-value', [slug, { order: [0], seed: 1 }], 'order']);
      for (const at of [-1, NaN, Infinity, '1']) cases.push(['bad-value', ['ttl-cache', { interfere: [{ at, what: 'backend down' }] }], 'interfere.at']);
      for (const what of ['nope', 1, null]) cases.push(['bad-value', ['ttl-cache', { interfere: [{ at: 0, what }] }], 'interfere.what']);
      cases.push(['bad-value', ['ttl-cache', { interfere: [{ at: 0, what: 'cancel' }] }], 'interfere.task']);
      cases.push(['unknown-interference', ['health-check', { interfere: [{ at: 0, what: 'backend down' }] }], 'backend down']);
      for (const seed of [-1, 1.5, 2 ** 32, NaN, 'x']) cases.push(['bad-value', [slug, { seed }], 'seed']);
      for (const { slug, settings } of module.catalogue()) {
        for (const setting of settings) {
          /** @type {unknown[]} */
          let bad = [{}, Symbol.iterator, () => 1];
          if (setting.kind === 'int') bad.push(setting.min - 1, setting.max + 1, setting.min + 0.5, NaN, Infinity, '', [], true);
          if (setting.kind === 'bool') bad.push(1, 'maybe', []);
          if (setting.kind === 'choice') bad.push('nope', 1, '__proto__');
          if (setting.kind === 'ints') bad.push([], [setting.min - 1], [setting.max + 1], [0.5], ['x'], 'x', Array(setting.maxItems + 1).fill(setting.min));
          if (setting.kind === 'order') bad.push(['nope'], [setting.options[0], setting.options[0]], [1]);
          for (const value of bad) cases.push(['bad-value', [slug, { settings: { [setting.name]: value } }], setting.name]);
        }
      }
      const wrong = [];
      for (const [code, input, names] of cases) {
        const got = await run(...input).then(
          () => 'a report',
          (error) => (error instanceof module.PlaygroundError && error.code === code && error.message.includes(String(names)) ? null : `${error?.name} ${error?.code}: ${error?.message}`),
        );
        if (got !== null) {
          const shown = JSON.stringify(input, (_, value) => (typeof value === 'function' || typeof value === 'symbol' || Number.isNaN(value) ? String(value) : value));
          wrong.push(`${shown} gave ${got} instead of ${code} naming ${names}`);
        }
      }
      return { wrong, tried: cases.length };
    },
    ({ wrong, tried }) => {
      assert.deepEqual(wrong, []);
      assert.ok(tried > 40);
    },
  ));

test('a slug of another type is refused', () =>
  withModule(
    async (module) => {
      const run = /** @type {(...input: any[]) => Promise<unknown>} */ (module.run);
      const codes = [];
      for (const slug of [undefined, null, 42, {}, ['request-handler'], Symbol('x')]) {
        codes.push(await run(slug).then(() => 'a report', (error) => (error instanceof module.PlaygroundError ? error.code : String(error))));
      }
      return codes;
    },
    (codes) => {
      for (const code of codes) assert.match(code, /^(unknown-exercise|bad-value)$/);
    },
  ));

test('an onEvents that throws is reported each time, and the run goes on', () =>
  withModule(
    async (module) => {
      let reported = 0;
      addEventListener('error', () => (reported += 1));
      let calls = 0;
      const onEvents = () => {
        calls += 1;
        throw new Error('the fault of the page');
      };
      const { error, rows } = await module.run('concurrent-requests', { clock: 'real', onEvents });
      return { error, lines: rows.filter(({ actual }) => actual !== null).length, calls, reported };
    },
    ({ error, lines, calls, reported }) => {
      // In real time a busy machine may be late, so the verdict says nothing about this.
      assert.deepEqual([error, lines], [null, 3]);
      assert.ok(calls > 1, 'later batches arrive');
      assert.equal(reported, calls);
    },
    { trouble: true },
  ));

test('events come in order, at most once a frame, and all before the promise settles', () =>
  withModule(
    async (module) => {
      /** @type {number[]} */
      const seqs = [];
      /** @type {number[]} */
      const frames = [];
      let frame = 0;
      const count = () => {
        frame += 1;
        requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
      const report = await module.run('ttl-cache', {
        clock: 'real',
        settings: { pause_ms: 4000 },
        onEvents: (events) => {
          frames.push(frame);
          seqs.push(...events.map(({ seq }) => seq));
        },
      });
      const settled = seqs.length;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { seqs, frames, settled, rows: report.rows.length };
    },
    ({ seqs, frames, settled }) => {
      assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
      assert.deepEqual(seqs, seqs.map((_, index) => index + (seqs[0] ?? 0)), 'none is lost');
      assert.equal(seqs.length, settled);
      // The last one may share its frame: what is left is delivered when the run ends.
      const whole = frames.slice(0, -1);
      assert.equal(new Set(whole).size, whole.length);
      assert.ok(frames.length > 1, 'they stream');
    },
  ));

test('aborting rejects with an AbortError: before the start, in the middle, twice, and with any reason', () =>
  withModule(
    async (module) => {
      const name = (/** @type {Promise<unknown>} */ run) => run.then(() => 'a report', (error) => `${error instanceof DOMException} ${error.name}`);
      const before = new AbortController();
      before.abort();
      const outcomes = [await name(module.run('ttl-cache', { signal: before.signal }))];

      const middle = new AbortController();
      let late = 0;
      let aborted = false;
      const run = module.run('ttl-cache', { clock: 'real', signal: middle.signal, onEvents: () => (late += aborted ? 1 : 0) });
      setTimeout(() => {
        aborted = true;
        middle.abort();
        middle.abort();
      }, 50);
      outcomes.push(await name(run));

      const loading = new AbortController();
      const early = module.run('ttl-cache', { clock: 'real', signal: loading.signal });
      loading.abort('because');
      outcomes.push(await name(early));

      const inside = new AbortController();
      const own = module.run('ttl-cache', { signal: inside.signal, onEvents: () => inside.abort() });
      outcomes.push(await name(own));

      await new Promise((resolve) => setTimeout(resolve, 900));
      const afterwards = new AbortController();
      const { verdict } = await module.run('ttl-cache', { signal: afterwards.signal });
      afterwards.abort();
      return { outcomes, late, verdict };
    },
    ({ outcomes, late, verdict }) => {
      assert.deepEqual(outcomes, Array(4).fill('true AbortError'));
      assert.equal(late, 0, 'no event comes after an abort');
      assert.equal(verdict, 'passed', 'an abort after the end changes nothing');
    },
  ));

test('many runs go on at the same time and do not mix', () =>
  withModule(
    async (module) => {
      await module.ready();
      const slugs = module.catalogue().map(({ slug }) => slug);
      /** @type {Record<string, string[]>} */
      const lines = {};
      const clocks = /** @type {const} */ (['real', 'simulated']);
      const reports = await Promise.all(
        slugs.flatMap((slug) =>
          clocks.map((clock) =>
            module.run(slug, {
              clock,
              onEvents: (events) => {
                for (const event of events) if (event.kind === 'log') (lines[slug + clock] ??= []).push(event.line);
              },
            }),
          ),
        ),
      );
      const mixed = reports.filter(({ slug, clock, rows }) => {
        const actual = rows.flatMap((row) => (row.actual === null ? [] : [row.actual]));
        return JSON.stringify(actual) !== JSON.stringify(lines[slug + clock]);
      });
      // A machine may stall in real time.
      const failed = reports.filter(({ clock, verdict }) => clock === 'simulated' && verdict !== 'passed');
      return { failed: failed.map(({ slug }) => slug), mixed };
    },
    ({ failed, mixed }) => {
      assert.deepEqual(failed, []);
      assert.deepEqual(mixed, []);
    },
  ));

test('compare judges lines while they come and when they have come', () =>
  withModule(
    async (module) => {
      await module.ready();
      const statuses = (/** @type {import('../../www/api/playground.js').Row[]} */ rows) => rows.map(({ status }) => status);
      const first = "{'id': 1, 'name': 'Alice'}";
      return [
        statuses(module.compare('request-handler', [], { finished: false })),
        statuses(module.compare('request-handler', [first], { finished: false })),
        statuses(module.compare('request-handler', [first])),
        statuses(module.compare('request-handler', [first, "{'error': 'not found'}", 'more'])),
      ];
    },
    (statuses) => {
      assert.deepEqual(statuses, [
        ['pending', 'pending'],
        ['matched', 'pending'],
        ['matched', 'missing'],
        ['matched', 'matched', 'extra'],
      ]);
    },
  ));

test('what a callback does to its events changes no verdict', () =>
  withModule(
    async (module) => {
      /** @type {string[]} */
      const lines = [];
      const { verdict } = await module.run('ttl-cache', {
        onEvents(events) {
          for (const event of events) {
            if (event.kind === 'log') lines.push(event.line);
            Object.assign(event, { kind: 'log', line: 'another', seq: 0, at: -1 });
          }
          events.length = 0;
        },
      });
      return { verdict, lines };
    },
    ({ verdict, lines }) => {
      assert.equal(verdict, 'passed');
      assert.ok(lines.length > 0);
    },
  ));

test('compare refuses lines and options that make no sense, in words', () =>
  withModule(
    async (module) => {
      await module.ready();
      const compare = /** @type {(...input: any[]) => unknown} */ (module.compare);
      const slug = 'request-handler';
      /** @type {[any[], string][]} */
      const cases = [
        [[3, []], 'exercise must be'],
        [[slug], 'lines must be a list of texts, not undefined'],
        [[slug, 'text'], 'lines must be a list of texts, not "text"'],
        [[slug, ['text', 1]], 'lines must be a list of texts, not 1'],
        [[slug, [], null], 'options must be an object, not null'],
        [[slug, [], { clock: 'sundial' }], 'clock must be simulated or real'],
        [[slug, [], { finished: 'no' }], 'finished must be true or false'],
      ];
      return cases.map(([input, says]) => {
        try {
          return compare(...input);
        } catch (error) {
          const { code, message } = /** @type {any} */ (error);
          return error instanceof module.PlaygroundError && code === 'bad-value' && message.includes(says) ? null : `${code}: ${message}`;
        }
      });
    },
    (wrong) => assert.deepEqual(wrong, wrong.map(() => null)),
  ));

test('decisions lists who is ready, and an order made of them has the chosen one go first', () =>
  withModule(
    async (module) => {
      const list = await module.decisions('ttl-cache');
      const [decision] = list;
      /** @type {import('../../www/api/playground.js').Event[]} */
      const events = [];
      await module.run('ttl-cache', { order: [(decision?.ready.length ?? 1) - 1], onEvents: (some) => void events.push(...some) });
      const first = events[decision?.seq ?? 0];
      const refused = await module.decisions('ttl-cache', { settings: { callers: 0 } }).then(() => null, ({ code, message }) => ({ code, message }));
      return { list, first, refused, drawn: await module.decisions('ttl-cache', { seed: 1 }) };
    },
    ({ list, first, refused, drawn }) => {
      assert.ok(list.length > 3 && list.every(({ ready }) => ready.length > 1), JSON.stringify(list));
      assert.equal(first?.kind === 'task' ? first.id : -1, list[0]?.ready.at(-1));
      assert.equal(refused?.code, 'bad-value');
      assert.match(refused?.message ?? '', /callers must be/);
      assert.deepEqual(drawn, []);
    },
  ));
