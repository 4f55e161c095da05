// The watch over a run in Python, with a worker that answers what a test says: whatever comes, the run ends in words.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

import { Interpreter } from '../../www/python/interpreter.js';

const OUTCOME = { events: [], ended: { error: null, stuck: [], elapsed: 0, tasks: 0 }, error: null, notes: [] };

/** @typedef {{onmessage: (event: {data: unknown}) => void, onerror: () => void, terminated: boolean}} Worked */
/** The worker that was made last. @type {Worked} */
let worker;

beforeEach(() => {
  mock.timers.enable({ apis: ['setInterval'] });
  class FakeWorker {
    onmessage = () => {};
    onerror = () => {};
    terminated = false;
    constructor() {
      worker = /** @type {any} */ (this);
    }
    addEventListener() {}
    postMessage() {}
    terminate() {
      this.terminated = true;
    }
  }
  Object.assign(globalThis, { Worker: FakeWorker });
});
afterEach(() => {
  mock.timers.reset();
  Reflect.deleteProperty(globalThis, 'Worker');
});

/** An interpreter that is ready and plays a run. */
function playing() {
  const interpreter = new Interpreter(new URL('https://a.test/worker.js'), () => {});
  const tell = (/** @type {unknown} */ data) => worker.onmessage({ data });
  tell({ ready: true });
  return { interpreter, tell, run: interpreter.play({}) };
}

for (const [name, answer] of Object.entries({
  'a value that JSON does not have': '{"events": [NaN], "ended": {}, "error": null, "notes": []}',
  'half an answer': '{"events": [',
  'an answer of another form': '[]',
  'no answer': 'null',
})) {
  test(`${name}: the run ends in words, and another worker takes over`, async () => {
    const { interpreter, tell, run } = playing();
    tell({ outcome: answer });
    assert.match((await run).error?.message ?? '', /cannot be read: one of the values may be nan or infinite\. The next run starts afresh\.$/);
    assert.ok(interpreter.spent && worker.terminated);
  });
}

test('an answer is given as it is, and the interpreter plays on', async () => {
  const { interpreter, tell, run } = playing();
  tell({ outcome: JSON.stringify(OUTCOME), spent: false });
  assert.deepEqual(await run, OUTCOME);
  assert.equal(interpreter.spent, false);
  mock.timers.tick(100_000);
  assert.equal(worker.terminated, false, 'the watch is over with the run');
});

test('a worker that breaks down during a run ends it in words', async () => {
  const { run } = playing();
  worker.onerror();
  assert.match((await run).error?.message ?? '', /^The run broke down\. The next run starts afresh\.$/);
  const other = playing();
  other.tell({ broken: 'RecursionError: too deep.' });
  assert.match((await other.run).error?.message ?? '', /^The run broke down: RecursionError: too deep\. The next run/);
});

test('a run without signs of life ends after 3 s, with its last line and what to look at', async () => {
  const { tell, run } = playing();
  mock.timers.tick(2900);
  tell({ line: 7 });
  mock.timers.tick(2900);
  assert.equal(worker.terminated, false);
  mock.timers.tick(400);
  const { error } = await run;
  assert.match(error?.message ?? '', /^Line 7: The program did not answer for 3 s, so it was ended\. Look for a loop that never ends, and for an `except:`/);
  assert.equal(error?.line, 7);
});

test('a run that went on after memory was refused ends with a sentence about memory', async () => {
  const { tell, run } = playing();
  tell({ refused: true });
  mock.timers.tick(3300);
  assert.match((await run).error?.message ?? '', /so it was ended\. It needs more than 256 MB of memory\. Look for data that grows/);
  const other = playing();
  other.tell({ refused: true });
  other.tell({ outcome: JSON.stringify(OUTCOME) });
  const next = other.interpreter.play({});
  mock.timers.tick(3300);
  assert.doesNotMatch((await next).error?.message ?? '', /memory/, 'that was in the run before');
});

test('a program that has ended is not blamed for the time that its outcome takes', async () => {
  const { tell, run } = playing();
  tell({ over: true });
  mock.timers.tick(20_000);
  tell({ outcome: JSON.stringify(OUTCOME) });
  assert.deepEqual(await run, OUTCOME);
});

test('signs of life keep a run going for a minute', async () => {
  const { tell, run } = playing();
  for (let second = 0; second < 61; second += 1) {
    tell({ line: null });
    mock.timers.tick(1000);
  }
  assert.match((await run).error?.message ?? '', /^The program ran for more than 60 s, so it was ended\. Look for/);
});
