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

/** The first run of this interpreter. */
const fresh = JSON.stringify(run(answer));

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
  ['a program that is too long', '# x\n'.repeat(25_001), /^The program has 100,004 characters\. It may have 100,000\.$/, null],
  ['an expression that is nested too deeply', `x = ${'-'.repeat(20_000)}1\n`, /^The program has an expression that is nested too deeply\.$/, null],
  ['brackets that are nested too deeply', `\nx = ${'('.repeat(5_000)}1${')'.repeat(5_000)}\n`, /too many nested parentheses/, 2],
  ['recursion without a limit', 'import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()\n', /RecursionError/, 3],
  ['a wait for nothing', handler('await asyncio.Event().wait()'), /Stuck at 0 ms/, 3],
];

const method = (/** @type {string} */ name, /** @type {string} */ body) => `class X:\n    def ${name}(self): ${body}\n`;
const first = (/** @type {string} */ before, /** @type {string} */ body) => `${before}import asyncio, sys\nasync def get_user(user_id):\n    ${body}\n`;

/** What ends a run in an unusual way, or does something unusual. @type {[string, RegExp | null, number | null][]} */
const UNUSUAL = [
  [handler('import os; os._exit(1)'), /os\._exit\(\) does not work here\. A run ends by itself/, 3],
  [handler('import os; os.kill(os.getpid(), 9)'), /os\.kill\(\) does not work here/, 3],
  [handler('import os; os.abort()'), /os\.abort\(\) does not work here/, 3],
  [handler('import threading; threading.Thread(target=print).start()'), /can't start new thread/, 3],
  [handler('import subprocess; subprocess.run(["ls"])'), /does not support processes/, 3],
  [handler('await asyncio.create_subprocess_exec("ls")'), /a run has no network, no processes and no signals/, 3],
  [handler('await asyncio.open_connection("a.b", 80)'), /a run has no network/, 3],
  [handler('asyncio.get_running_loop().add_signal_handler(2, print)'), /no signals/, 3],
  [method('m', 'raise NotImplementedError') + handler('X().m()'), /: NotImplementedError$/, 2],
  [handler('import ctypes'), /ctypes/, 3],
  [handler('raise KeyboardInterrupt'), /KeyboardInterrupt/, 3],
  [handler('raise GeneratorExit'), /GeneratorExit/, 3],
  [handler('raise StopIteration'), /coroutine raised StopIteration/, 3],
  [handler('raise ExceptionGroup("two", [ValueError("a"), TypeError("b")])'), /two: ValueError: a; TypeError: b/, 3],
  [first('async def end(): sys.exit(3)\n', 'asyncio.create_task(end()); await asyncio.sleep(1)'), /sys\.exit\(\)/, 1],
  [handler('asyncio.timeout(1).reschedule(3)'), /Timeout has not been entered/, 3],
  [handler('asyncio.TaskGroup().create_task(asyncio.sleep(1))'), /has not been entered/, 3],
  [handler('await asyncio.sleep(-5)'), null, null],
  [handler('await asyncio.sleep(10**400)'), /OverflowError/, 3],
  [handler('time.sleep(-1)'), /must be non-negative/, 3],
  [handler('return str(10**5000)'), /Exceeds the limit/, 3],
  [handler('raise ValueError("x" * 10**7)'), /ValueError: x{2000}\.\.\.$/, 3],
  [method('__str__', 'raise KeyboardInterrupt') + handler('print(X())'), /KeyboardInterrupt/, 2],
  [handler('a = []; a.append(a); return a'), null, null],
  [method('__del__', 'raise ValueError') + handler('X()'), null, null],
  [method('__del__', 'print("gone")') + handler('x = X(); x.x = x'), null, null],
  [first('async def numbers():\n    try:\n        yield 1\n    finally:\n        await asyncio.sleep(0)\n', 'await anext(numbers())'), null, null],
  [first('def numbers():\n    try:\n        yield 1\n    finally:\n        yield 2\n', 'next(numbers())'), null, null],
  [handler('asyncio.get_running_loop().call_soon_threadsafe(print, 1)'), null, null],
  [handler('asyncio.get_running_loop().set_debug(True); await asyncio.sleep(1)'), null, null],
  [handler('asyncio.get_running_loop().set_exception_handler(lambda *_: 1 / 0)'), null, null],
  [handler('asyncio.get_running_loop().close()'), /Cannot close a running event loop/, 3],
  [handler('asyncio.current_task().cancel(); await asyncio.sleep(1)'), /The main task was cancelled/, 3],
  [first('', 'sys.stdout.close(); sys.stdout.reconfigure(encoding="utf-8"); sys.__stdout__.writelines(["x"])'), null, null],
  [first('', 'sys.stdout = None; print("x")'), null, null],
  [handler('print("\\0\\ud800\\u2028"); return "\\ud800"'), null, null],
  ['class M(type):\n    def __subclasscheck__(c, other): raise ValueError\nclass E(Exception, metaclass=M): pass\nraise E\n', /ValueError$/, 2],
  ['def f(): pass\nf.__code__ = f.__code__.replace(co_code=b"\\xff" * 10)\nf()\n', /unknown opcode/, 3],
];

for (const [program, sentence, line] of UNUSUAL) {
  test(`it ends in words, and the next run is as the first: ${program.replaceAll('\n', '; ').slice(0, 90)}`, () => {
    const { error } = run(program);
    if (sentence === null) assert.equal(error, null);
    else assert.match(error?.message ?? '', sentence);
    assert.equal(error?.line ?? null, line);
    assert.equal(JSON.stringify(run(answer)), fresh);
  });
}

for (const [name, program, sentence, line, limits] of CASES) {
  test(`${name} is named, and the next run works`, () => {
    const { error, ended } = run(program, limits);
    assert.ok(error);
    assert.match(error.message, sentence);
    if (line !== null) assert.equal(error.line, line);
    if (name === 'a wait for nothing') assert.match(ended.stuck[0].waits[0].on, /an event at line 3/);
    assert.equal(JSON.stringify(run(answer)), fresh);
  });
}

/** Programs that change what lasts. @type {Record<string, string>} */
const LASTING = {
  'a function of asyncio and one of Python': 'import asyncio, builtins\nasyncio.sleep = asyncio.Lock.acquire = builtins.print = None',
  'modules that asyncio uses': 'import collections, heapq, sys, types\nheapq.heappush = types.ModuleType = collections.deque = sys.path = None',
  'classes of the standard library': 'import json, random\njson.JSONDecoder.decode = json.JSONEncoder.encode = random.Random.seed = None',
  'what makes the answer': 'import json\njson.dumps = json.encoder.c_make_encoder = None',
  'handlers of logging': 'import logging\nlogging.basicConfig(level=10)\nlogging.info("once")',
  'filters of warnings': 'import warnings\nwarnings.simplefilter("error")',
  'a module that it loads': 'import statistics\nstatistics.mean = None',
  'loaded modules': 'import sys\nsys.modules.clear()',
  'loaded modules, loaded again': 'import asyncio, importlib\nimportlib.reload(asyncio.events)\nimportlib.reload(asyncio)',
  'hooks': 'import sys, threading\nsys.settrace(print)\nsys.setprofile(print)\nthreading.settrace(print)\nsys.excepthook = None',
  'the tools of sys.monitoring': 'import sys\nsys.monitoring.free_tool_id(0)',
  'the garbage collector': 'import gc\ngc.disable()\ngc.unfreeze()\ngc.set_threshold(1)\ngc.callbacks.append(print)',
  'what runs at the end': 'import atexit, signal\natexit.register(print)\nsignal.signal(signal.SIGINT, print)',
  'the context': 'import contextvars, decimal\ndecimal.getcontext().prec = 3\ncontextvars.ContextVar("v").set(1)',
  'the environment': 'import locale, os, random\nos.environ["TZ"] = "X"\nos.chdir("/tmp")\nlocale.setlocale(locale.LC_ALL, "C")\nrandom.seed(5)',
  'open files': 'import os\nfor _ in range(9): os.open("/dev/null", os.O_RDONLY)\nos.close(1)',
  'limits of Python': 'import sys\nsys.setrecursionlimit(90)\nsys.setswitchinterval(1e-6)\nsys.set_int_max_str_digits(0)',
  'everything that it finds': 'import gc\nfor thing in gc.get_objects():\n    if type(thing) is dict: thing.clear()',
  'what is weakly referred to': 'import weakref\nclass X: pass\nx = X()\nx.x = x\nr = weakref.ref(x, print)\nweakref.finalize(x, print)',
};

for (const [name, change] of Object.entries(LASTING)) {
  test(`${name}: a program that changes them does not change the next run`, () => {
    run(`${change}\n${answer}`);
    assert.equal(JSON.stringify(run(answer)), fresh);
    // Nor a run of itself.
    assert.equal(JSON.stringify(run(`${change}\n${answer}`)), JSON.stringify(run(`${change}\n${answer}`)));
  });
}

test('a run of the same program is the same to the address', () => {
  const program = handler('return [id(object()), id(asyncio.current_task()), *{asyncio.sleep, asyncio.Lock, print}]');
  const first = JSON.stringify(run(program));
  run('x = [[] for _ in range(10_000)]\n');
  assert.equal(JSON.stringify(run(program)), first);
});

test('files cannot be written, and a hook that hears everything cannot be added', () => {
  /** @type {[string, RegExp][]} */
  const refused = [
    ['open("x", "w")', /Read-only file system: 'x'/],
    ['open("/lib/python313.zip", "wb")', /Read-only file system/],
    ['import os; os.remove("/lib/python313.zip")', /Read-only file system/],
    ['import os; os.chmod("/lib", 0)', /Read-only file system/],
    ['import sys; sys.addaudithook(print)', /sys\.addaudithook\(\) does not work here/],
  ];
  for (const [program, sentence] of refused) {
    const { error } = run(`\n${program}\n`);
    assert.match(error?.message ?? '', sentence);
    assert.equal(error?.line, 2);
    assert.equal(JSON.stringify(run(answer)), fresh);
  }
});

test('a program that changes what a run itself needs ends in a sentence', () => {
  const { error } = run('import builtins\nbuiltins.isinstance = None\n');
  assert.match(error?.message ?? '', /^The program changed a part of Python that the run itself needs \(TypeError\)\.$/);
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

test('the loop of the exercise is no remark on the program', () => {
  assert.deepEqual(run(`import warnings\nwarnings.simplefilter('always')\n${answer}`).notes, []);
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

/** Ways to run a program, each with the lines that are left out. @type {[string, number[]][]} */
const RUNS = [
  ['from asyncio import run\nrun(main())', [2]],
  ['from asyncio import run as go\ngo(main())', [2]],
  ['from asyncio import *\nresult = run(main())\nprint(result)', [2, 3]],
  ['import asyncio as aio\naio.run(main())', [2]],
  ['loop = asyncio.new_event_loop()\ntry:\n    loop.run_until_complete(main())\nfinally:\n    loop.close()', [1, 2]],
  ['asyncio.get_event_loop().run_until_complete(main())', [1]],
  ['asyncio.set_event_loop_policy(None)\nasyncio.run(main())', [1, 2]],
  ['with asyncio.Runner() as runner:\n    runner.run(main())', [1]],
  ['def start():\n    asyncio.run(main())\nif __name__ == "__main__":\n    start()', [3]],
  ['start = lambda: asyncio.run(main())\nstart()', [1, 2]],
];

for (const [way, lines] of RUNS) {
  test(`what runs a program is left out: ${way.replaceAll('\n', '; ')}`, () => {
    const { error, notes } = run(`${answer}\nimport asyncio\nasync def main(): pass\n${way}\n`);
    const before = answer.split('\n').length + 2;
    assert.equal(error, null);
    assert.deepEqual(notes, lines.map((line) => ({ message: 'The exercise runs the program itself, so this is left out.', line: before + line })));
  });
}

test('what runs a program in another way is named', () => {
  for (const way of ['class App:\n    def run(self): return asyncio.run(main())\nApp().run()', 'getattr(asyncio, "run")(main())', 'asyncio.Future()', 'asyncio.EventLoop()']) {
    const { error } = run(`import asyncio\nasync def main(): pass\n${way}\n`);
    assert.match(error?.message ?? '', /There is no event loop here: the exercise makes one and runs the program itself\. Leave this out\./, way);
    assert.ok([3, 4].includes(error?.line ?? 0), way);
  }
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
