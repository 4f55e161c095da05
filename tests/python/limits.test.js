// Bad input: each program ends with a sentence and its line, and the next run works.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exercise, file, python } from './support.js';

const py = await python();
const scenario = await file('request-handler', 'scenario.py');
const answer = await file('request-handler', 'answer.py');
const { settings: listed } = await exercise('request-handler');
const settings = Object.fromEntries(listed.map((/** @type {any} */ setting) => [setting.name, setting.default]));

/**
 * @param {string} program
 * @param {Record<string, number>} [limits]
 */
const run = (program, limits) => py.run({ program, scenario, settings, limits });

const handler = (/** @type {string} */ body) => `import asyncio, time\nasync def get_user(user_id):\n    ${body}\n`;

/** @type {[string, string, RegExp, number | null, Record<string, number>?][]} */
const CASES = [
  ['a syntax error', 'def f(:\n', /SyntaxError/, 1],
  ['tabs and spaces', 'def f():\n\tx = 1\n        y = 2\n', /TabError/, 3],
  ['an unknown name', handler('return futrue'), /NameError: name 'futrue'/, 3],
  ['nothing', '', /get_user is missing.*async def get_user\(user_id\)/, null],
  ['an error while loading', 'x = 1 / 0\n', /ZeroDivisionError/, 1],
  ['sys.exit', 'import sys\nsys.exit(1)\n', /sys\.exit/, 2],
  ['input', handler('return input("?")'), /input\(\) does not work here/, 3],
  ['numpy', 'import numpy\n', /No module named 'numpy'.*standard library/, 1],
  ['the way to JavaScript', 'import js\n', /js/, 1],
  ['recursion', 'async def get_user(user_id):\n    return await get_user(user_id)\n', /RecursionError/, 2],
  ['asyncio.run inside', handler('asyncio.run(asyncio.sleep(0))'), /cannot be called from a running event loop/, 3],
  ['an endless loop', handler('while True: pass'), /A loop ran more than .* rounds without an await/, 3, { jumps: 10_000 }],
  [
    'an endless loop that catches everything',
    handler('while True:\n        try: time.monotonic\n        except: pass'),
    /A loop ran more than/,
    null,
    { jumps: 10_000 },
  ],
  ['an endless loop with awaits', handler('while True: await asyncio.sleep(0)'), /run on and on/, null, { callbacks: 2_000, events: 200_000 }],
  [
    'an endless loop with awaits, at the usual limits',
    handler('while True: await asyncio.sleep(0)'),
    /more than 5,000 events: is there a loop without an end/,
    3,
    { events: 5_000 },
  ],
  ['waiting for the clock', handler('while time.time() < 2e9: pass'), /The clock was read more than/, 3, { readings: 1_000 }],
  ['much output', handler('while True: print(1)'), /The output has more than 100 lines/, 3, { lines: 100 }],
  ['output without an end', handler('while True: print(1, end="")'), /The output has more than 1,000 characters/, 3, { output: 1_000 }],
  [
    'much output by a program that catches everything',
    handler('while True:\n        try: print(1)\n        except: pass'),
    /The output has more than 100 lines/,
    4,
    { lines: 100 },
  ],
  [
    'a lack of memory that the program catches',
    handler('while True:\n        try: [0] * 2**30\n        except: pass'),
    /more than 256 MB of memory/,
    4,
  ],
  ['many tasks', handler('t = [asyncio.create_task(asyncio.sleep(1)) for _ in range(10**6)]'), /more than 50 tasks/, 3, { tasks: 50 }],
  ['a delay that is no number', handler('await asyncio.sleep(float("nan"))'), /ValueError: .*NaN/, 3],
  ['a delay without an end', handler('await asyncio.sleep(float("inf"))'), /Nothing more happens until/, null],
  [
    'a function that is not async',
    'def get_user(user_id):\n    return 1\n',
    /TypeError: .*The exercise uses it like this: `.*get_user\(/,
    null,
  ],
  ['a wait for nothing', handler('await asyncio.Event().wait()'), /Stuck at 0 ms/, 3],
];

for (const [name, program, sentence, line, limits] of CASES) {
  test(`${name} is named, and the next run works`, () => {
    const { error, ended } = run(program, limits);
    assert.ok(error);
    assert.match(error.message, sentence);
    if (line !== null) assert.equal(error.line, line);
    if (name === 'a wait for nothing') assert.match(ended.stuck[0].waits[0].on, /an event at line 3/);
    assert.equal(run(answer).error, null);
  });
}

test('what a program changes does not outlive its run', () => {
  run('import asyncio, builtins, time\nasyncio.sleep = None\nasyncio.Lock.acquire = None\nbuiltins.print = None\ntime.x = 1\n');
  const { error, events } = run(handler('print(hasattr(time, "x"))\n    await asyncio.Lock().acquire()\n    await asyncio.sleep(0)'));
  assert.equal(error, null);
  assert.equal(events.find((event) => event.kind === 'log')?.line, 'False');
});

test('what a program changes in other modules does not outlive its run', () => {
  run(
    'import collections, heapq, json, sys, types\nimport statistics\n' +
      'heapq.heappush = json.dumps = types.ModuleType = collections.deque = None\nsys.path = sys.getrefcount = None\n' +
      'statistics.mean = None\n',
  );
  const { error, events } = run(
    handler('import statistics\n    await asyncio.sleep(0.1)\n    print(statistics.mean([1, 3]))'),
  );
  assert.equal(error, null);
  assert.equal(events.find((event) => event.kind === 'log')?.line, '2');
});

test('finalizers run within the run that they belong to, with its limits', () => {
  const after = (/** @type {string} */ body) =>
    run(`${answer}\nclass Left:\n    def __del__(self):\n        ${body}\nleft = Left()\nleft.itself = left\n`, { jumps: 10_000 });
  assert.equal(after('while True: pass').error, null);
  const held = 'class Left:\n    def __del__(self):\n        import builtins\n        builtins.print = None\n';
  run(`${held}${handler('left = Left()\n    await asyncio.Event().wait()')}`);
  assert.equal(run(answer).error, null);
});

test('values that JSON does not have are spelled', () => {
  const { error, events } = run(handler('return float("nan") if user_id == 1 else float("inf")'));
  assert.equal(error, null);
  const values = events.filter((event) => event.kind === 'result').map((event) => JSON.stringify(event.value));
  assert.ok(values.some((value) => value.includes('nan')) && values.some((value) => value.includes('inf')), values.join());
});

test('a wait of the exercise itself has no line: the line would be one of another file', () => {
  const stuck = run(handler('await asyncio.Event().wait()')).ended.stuck;
  const waits = stuck.map((/** @type {any} */ one) => one.waits[0].on);
  assert.ok(waits.some((/** @type {string} */ on) => on.endsWith('at line 3')), waits.join());
  assert.deepEqual(waits.filter((/** @type {string} */ on) => /line (?!3$)/.test(on)), []);
});

test('a coroutine that was never awaited is noted with its line', () => {
  const { notes } = run(handler('asyncio.sleep(1)'));
  assert.deepEqual(notes[0], { message: 'The coroutine sleep() was never awaited: it did not run.', line: 3 });
});

test('what the exercise has itself is left out of a pasted program, with a note', () => {
  const { error, notes } = run(`${answer}\nasync def query(user_id):\n    raise OSError\n\nif __name__ == '__main__':\n    asyncio.run(main())\n`);
  const last = answer.split('\n').length;
  assert.equal(error, null);
  assert.deepEqual(notes, [
    { message: 'query is given by the exercise, so yours is left out.', line: last + 1 },
    { message: 'The exercise runs the program itself, so this is left out.', line: last + 4 },
  ]);
});

test('what a run that broke off leaves behind is no remark on the program', () => {
  const { notes } = run(handler('asyncio.create_task(asyncio.Event().wait())\n    await asyncio.Event().wait()'));
  assert.deepEqual(notes, []);
});

test('a byte order mark and CRLF are read', () => {
  assert.equal(run(`\ufeff${answer.replaceAll('\n', '\r\n')}`).error, null);
});

test('runs leave nothing behind', () => {
  const kept = () => py.pyodide.runPython('import gc; gc.collect(); gc.get_freeze_count() + len(gc.get_objects())');
  const many = () => {
    for (let round = 0; round < 20; round += 1) run(round % 2 ? answer : handler('return futrue'));
  };
  many();
  const before = kept();
  many();
  assert.ok(kept() - before < 100, `${before} objects, then ${kept()}`);
});

test('the same run gives the same bytes', () => {
  assert.equal(JSON.stringify(run(answer)), JSON.stringify(run(answer)));
});
