// Programs that run as they are: with their own `asyncio.run`, without the scenario, on the same clock, in the same trace.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exercise, file, python } from './support.js';

const py = await python();
const scenario = await file('concurrent-requests', 'scenario.py');
const { settings: listed } = await exercise('concurrent-requests');
const settings = Object.fromEntries(listed.map((/** @type {any} */ setting) => [setting.name, setting.default]));

/**
 * @param {string} program
 * @param {Record<string, any>} [more]
 */
const run = (program, more) => py.run({ program, scenario, settings, as_it_is: true, ...more });

/** @param {import('./support.js').Outcome} outcome */
const lines = ({ events }) => events.filter(({ kind }) => kind === 'log').map(({ at, line }) => [at, line]);

/** @param {import('./support.js').Outcome} outcome */
const tasks = ({ events }) => events.filter(({ kind, phase }) => kind === 'task' && phase !== 'started').map(({ name, phase }) => `${name} ${phase}`);

const LESSON = `import asyncio

async def handle_request(request_id):
    await asyncio.sleep(0.2)
    return f'mine {request_id}'

async def main():
    print(await asyncio.gather(*(handle_request(n) for n in range(2))))

print('begin')
if __name__ == '__main__':
    asyncio.run(main())
print('end')
`;

test('a whole program runs with its own functions, its own run and its own loop', () => {
  const outcome = run(LESSON);
  assert.equal(outcome.error, null);
  assert.deepEqual(lines(outcome), [[0, 'begin'], [200, "['mine 0', 'mine 1']"], [200, 'end']]);
  assert.deepEqual(tasks(outcome), ['main spawned', 'handle_request(0) spawned', 'handle_request(1) spawned', 'handle_request(0) finished', 'handle_request(1) finished', 'main finished']);
  assert.equal(outcome.ended.elapsed, 200);
});

test('run by the exercise, the same program loses what runs it', () => {
  const outcome = run(`${LESSON}\nasync def process_requests_concurrent(n):\n    return await asyncio.gather(*(handle_request(i) for i in range(n)))\n`, { as_it_is: false });
  assert.deepEqual(outcome.notes.map(({ line }) => line), [3, 11]);
});

for (const [name, program, isWhole] of /** @type {[string, string, boolean][]} */ ([
  ['one that runs itself', LESSON, true],
  ['one that runs itself deep within', 'import asyncio\nclass App:\n    def run(self):\n        asyncio.run(self.main())\n    async def main(self):\n        pass\nApp().run()\n', true],
  ['one with a loop of its own', 'import asyncio\nclass App:\n    def __init__(self):\n        self.loop = asyncio.new_event_loop()\n', true],
  ['one without what the exercise needs', 'print(1)\n', true],
  ['one for the exercise', 'async def process_requests_concurrent(n):\n    return []\n', false],
])) {
  test(`a whole program: ${name}`, () => assert.equal(run(program, { as_it_is: false }).is_whole, isWhole));
}

test('what is blocked in threads is blocked side by side', () => {
  const blocking = 'import asyncio, time\ndef blocking(n):\n    time.sleep(1)\n    return n, time.monotonic() > 1\n';
  const program = `${blocking}async def main():\n    loop = asyncio.get_running_loop()\n    print(await asyncio.gather(asyncio.to_thread(blocking, 1), loop.run_in_executor(None, blocking, 2), asyncio.sleep(0.5, 3)))\nasyncio.run(main())\n`;
  assert.deepEqual(lines(run(program)), [[1000, '[(1, True), (2, True), 3]']]);
  const error = run(program.replace('return n, time.monotonic() > 1', 'raise ValueError(n)'));
  assert.match(error.error?.message ?? '', /^Line 4: ValueError: /);
});

test('all clocks of Python show the same time', () => {
  const program = 'import asyncio, time, datetime\nasync def main():\n    await asyncio.sleep(5)\n    t = int(time.time())\n    print(int(time.mktime(time.localtime())) == t, time.ctime() == time.ctime(t), time.strftime("%X") == datetime.datetime.now().strftime("%X"), time.asctime() == time.asctime(time.localtime(t)), time.gmtime().tm_sec == t % 60)\nasyncio.run(main())\n';
  assert.deepEqual(lines(run(program)), [[5000, 'True True True True True']]);
});

for (const [name, ends] of /** @type {const} */ ([
  ['asyncio.run twice', 'asyncio.run(step(1))\nasyncio.run(step(2))'],
  ['a Runner', 'with asyncio.Runner() as runner:\n    runner.run(step(1))\n    runner.run(step(2))'],
  ['a loop of its own', 'loop = asyncio.new_event_loop()\nasyncio.set_event_loop(loop)\nloop.run_until_complete(step(1))\nloop.run_until_complete(step(2))\nloop.close()'],
  ['the current loop', 'loop = asyncio.get_event_loop()\nloop.run_until_complete(step(1))\nloop.run_until_complete(step(2))'],
  ['a policy', 'loop = asyncio.get_event_loop_policy().new_event_loop()\nloop.run_until_complete(step(1))\nloop.run_until_complete(step(2))'],
  ['sys.exit', 'import sys\nasyncio.run(step(1))\nsys.exit(asyncio.run(step(2)))'],
])) {
  test(`${name}: the clock goes on from one to the next`, () => {
    const outcome = run(`import asyncio\nasync def step(n):\n    await asyncio.sleep(0.1)\n    print(n)\n${ends}\n`);
    assert.equal(outcome.error, null);
    assert.deepEqual(lines(outcome), [[100, '1'], [200, '2']]);
    assert.equal(outcome.ended.elapsed, 200);
  });
}

test('asyncio.run cancels what is left, as it does anywhere', () => {
  const outcome = run('import asyncio\nasync def rest():\n    await asyncio.sleep(9)\nasync def main():\n    asyncio.create_task(rest(), name="rest")\n    await asyncio.sleep(0)\nasyncio.run(main())\n');
  assert.deepEqual(tasks(outcome), ['main spawned', 'rest spawned', 'main finished', 'rest cancelled']);
});

test('what the exercise gives may be used', () => {
  const outcome = run('import asyncio\nprint(asyncio.run(handle_request(1)))\n');
  assert.equal(outcome.error, null);
  assert.equal(outcome.events.some(({ kind }) => kind === 'use'), true);
});

test('a dataclass whose annotations are text finds its module', () => {
  const outcome = run('from __future__ import annotations\nfrom dataclasses import dataclass, KW_ONLY\n@dataclass\nclass A:\n    _: KW_ONLY\n    b: int\nprint(A(b=1))\n');
  assert.deepEqual(lines(outcome), [[0, 'A(b=1)']]);
});

for (const [name, program, message, line] of /** @type {[string, string, RegExp, number | null][]} */ ([
  ['an error', 'import asyncio\nasync def main():\n    1 / 0\nasyncio.run(main())\n', /^Line 3: ZeroDivisionError/, 3],
  ['a loop without an end', 'n = 1\nwhile True: n += 1\n', /more than 10,000 rounds without an await/, 2],
  ['a loop of tasks without an end', 'import asyncio\nasync def main():\n    while True:\n        await asyncio.sleep(0)\nasyncio.run(main())\n', /run on and on/, null],
  ['a stop that is caught', 'import asyncio\nasync def main():\n    while True:\n        print(1)\ntry:\n    asyncio.run(main())\nexcept BaseException:\n    print("went on")\n', /more than 100 lines/, 4],
  ['an exit code', 'import asyncio, sys\nasync def main():\n    sys.exit(3)\nasyncio.run(main())\n', /^The program ended itself with exit code 3\.$/, null],
  ['the text of an exit', 'raise SystemExit("no configuration")\n', /^The program ended itself: no configuration$/, null],
  ['a server', 'import asyncio\nasync def main():\n    await asyncio.start_server(print, "127.0.0.1", 8888)\nasyncio.run(main())\n', /^Line 3: .*no network, no processes and no signals/, 3],
  ['a connection', 'import asyncio\nasync def main():\n    await asyncio.open_connection("example.com", 80)\nasyncio.run(main())\n', /^Line 3: .*no network, no processes and no signals/, 3],
  ['a task that swallows its cancellation', 'import asyncio\nasync def rest():\n    while True:\n        try:\n            await asyncio.sleep(1)\n        except asyncio.CancelledError:\n            pass\nasync def main():\n    asyncio.create_task(rest())\n    await asyncio.sleep(0.5)\nasyncio.run(main())\n', /more than 2,000 events/, 5],
  ['a run within a run', 'import asyncio\nasync def main():\n    asyncio.run(main())\nasyncio.run(main())\n', /cannot be called from a running event loop/, 3],
])) {
  test(`${name} ends it with a sentence`, () => {
    const { error } = run(program, { limits: { jumps: 10_000, callbacks: 500, lines: 100, events: 2_000 } });
    assert.match(error?.message ?? '', message);
    if (line !== null) assert.equal(error?.line, line);
  });
}

test('a stuck run names the task that waits, and cancels none', () => {
  const outcome = run('import asyncio\nasync def main():\n    await asyncio.Event().wait()\nasyncio.run(main())\n');
  assert.deepEqual(outcome.ended.stuck, [{ task: 'main', waits: [{ on: 'an event at line 3', for: null }] }]);
  assert.deepEqual(tasks(outcome), ['main spawned']);
});

test('the order of tasks and the decisions between them', () => {
  const program = 'import asyncio\nasync def say(n):\n    print(n)\nasync def main():\n    await asyncio.gather(say(1), say(2))\nasyncio.run(main())\n';
  assert.deepEqual(lines(run(program, { order: [1] })), [[0, '2'], [0, '1']]);
  assert.deepEqual(run(program, { decisions: true }).decisions.map(({ ready }) => ready), [[1, 2]]);
});

test('afterwards a program runs in the exercise as before', async () => {
  const program = await file('concurrent-requests', 'answer.py');
  const before = py.run({ program, scenario, settings });
  run('import asyncio\nasyncio.run = None\n');
  assert.deepEqual(py.run({ program, scenario, settings }), before);
});
