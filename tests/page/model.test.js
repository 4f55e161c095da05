// The model of a run, and what of it a picture takes, without a browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { density } from '../../www/picture/gauges.js';
import { layout } from '../../www/picture/layout.js';
import { Scale, roomFor } from '../../www/picture/scale.js';
import { usesInSight } from '../../www/picture/resource-rows.js';
import { nextPlace } from '../../www/run/recording.js';
import { linesOf } from '../../www/run/program-lines.js';
import { spanAt, spans, walk } from '../../www/run/spans.js';
import { lineChoice } from '../../www/run/words.js';
import { recording, task, use, wait } from './support/trace.js';

const ONE = recording([
  task(0, 0, 'spawned'),
  task(0, 0, 'started'),
  wait(0, 0, 'fetch', 'begin'),
  wait(10, 0, 'sleep', 'begin'),
  wait(30, 0, 'sleep', 'end'),
  wait(40, 0, 'fetch', 'end'),
  { at: 40, kind: 'log', task: 0, line: 'done', file: 'program.rs', row: 7 },
  task(45, 0, 'finished'),
]);

test('the innermost wait is what a task does, and the outer one goes on after it', () => {
  const found = spans(ONE, /** @type {any} */ (ONE.tasks[0]), ONE.length);
  assert.deepEqual(found.spans.map(({ kind, on, from, to, open }) => [on ?? kind, from, to, open]), [
    ['fetch', 0, 10, false],
    ['sleep', 10, 30, false],
    ['fetch', 30, 40, false],
    ['running', 40, 45, false],
  ]);
  assert.deepEqual(found.ending, { phase: 'finished', seq: 7, at: 45 });
});

test('at a cursor the last span goes on, and nothing after it is known', () => {
  for (let cursor = 1; cursor < ONE.length; cursor += 1) {
    const { spans: all, ending } = spans(ONE, /** @type {any} */ (ONE.tasks[0]), cursor);
    assert.equal(ending, null);
    assert.ok(all.at(-1)?.open);
    assert.ok(all.every(({ seq, to }) => seq < cursor && to <= ONE.timeAt(cursor)));
  }
});

test('of waits that begin at one moment the first is the innermost', () => {
  const made = recording([task(0, 0, 'spawned'), task(0, 0, 'started'), wait(0, 0, 'rate', 'begin'), wait(0, 0, 'fetch', 'begin'), wait(9, 0, 'rate', 'end'), wait(9, 0, 'fetch', 'end')]);
  const found = spans(made, /** @type {any} */ (made.tasks[0]), made.length);
  assert.deepEqual(found.spans.map(({ kind, on, seq, from, to }) => [on ?? kind, seq, from, to]), [['rate', 2, 0, 9], ['running', 5, 9, 9]]);
});

test('waits that end in another order than they began are kept apart', () => {
  const made = recording([task(0, 0, 'spawned'), task(0, 0, 'started'), wait(0, 0, 'permit', 'begin'), wait(1, 0, 'sleep', 'begin'), wait(2, 0, 'permit', 'end'), wait(3, 0, 'sleep', 'end')]);
  const found = spans(made, /** @type {any} */ (made.tasks[0]), made.length);
  assert.deepEqual(found.spans.map(({ kind, on, from, to }) => [on ?? kind, from, to]), [['permit', 0, 1], ['sleep', 1, 2], ['sleep', 2, 3], ['running', 3, 3]]);
});

test('very many waits of one task are read quickly, in whatever order they end', () => {
  const ids = Array.from({ length: 100_000 }, (_, id) => `task ${id}`);
  const events = [task(0, 0, 'spawned'), ...ids.map((id) => wait(0, 0, 'answer', 'begin', id)), ...ids.map((id) => wait(5, 0, 'answer', 'end', id))];
  const made = recording(events);
  const began = performance.now();
  const { spans: all } = spans(made, /** @type {any} */ (made.tasks[0]), made.length);
  assert.deepEqual(all.map(({ for: what, from, to }) => [what, from, to]), [['task 0', 0, 5], [null, 5, 5]]);
  // A quadratic way takes minutes.
  assert.ok(performance.now() - began < 5000);
});

test('a recording that grows while it is looked at comes to the same spans', () => {
  const made = recording([]);
  for (const event of ONE.events) {
    made.add([event]);
    spans(made, /** @type {any} */ (made.tasks[0]), made.length);
  }
  for (let cursor = 0; cursor <= ONE.length; cursor += 1) {
    const [grown, whole] = [made, ONE].map((from) => spans(from, /** @type {any} */ (from.tasks[0]), cursor));
    assert.deepEqual(grown, whole);
  }
});

test('of a stretch of time only the spans that touch it are visited', () => {
  /** @type {string[]} */
  const seen = [];
  const ending = walk(ONE, /** @type {any} */ (ONE.tasks[0]), ONE.length, ({ kind }) => seen.push(kind), { from: 12, to: 29 });
  assert.deepEqual(seen, ['sleep']);
  assert.equal(ending?.phase, 'finished');
});

test('of the spans that last none is left out', () => {
  const task = /** @type {any} */ (ONE.tasks[0]);
  for (let cursor = 0; cursor <= ONE.length; cursor += 1) {
    for (const [from, to] of [[-Infinity, Infinity], [12, 35], [45, 50]]) {
      const seen = (/** @type {number | undefined} */ shortest) => {
        /** @type {object[]} */
        const all = [];
        walk(ONE, task, cursor, (span) => (span.to > span.from || span.open) && all.push({ ...span }), { from, to, shortest });
        return all;
      };
      assert.deepEqual(seen(0), seen(undefined));
    }
  }
});

test('of the spans that begin and end within a short time the first stands for all', () => {
  const task = /** @type {any} */ (ONE.tasks[0]);
  const starts = (/** @type {number} */ shortest) => {
    /** @type {number[]} */
    const all = [];
    walk(ONE, task, 7, ({ from }) => all.push(from), { from: 0, to: 45, shortest });
    return all;
  };
  assert.deepEqual([0, 10, 11, 30, 31, 50].map(starts), [[0, 10, 30, 40], [0, 10, 30, 40], [0, 10, 30, 40], [0, 10, 30, 40], [0, 30, 40], [0, 40]]);
});

test('the first place is the same from any place before it', () => {
  for (let found = 0; found <= 20; found += 1) {
    for (let from = 0; from <= found; from += 1) assert.equal(nextPlace(from, 20, (place) => place >= found), found);
  }
});

test('of uses within half a pixel the first is drawn, and those that broke a rule', () => {
  const events = Array.from({ length: 100 }, (_, place) => [use(place, 0, 'server', 'begin'), use(place + 1, 0, 'server', 'end')]).flat();
  const made = recording([task(0, 0, 'spawned'), ...events]);
  const uses = made.resources.get('server')?.slots[0] ?? [];
  const scale = new Scale();
  [scale.extent, scale.width] = [100, 20];
  scale.fit();
  const seen = (/** @type {number[]} */ ...broken) => {
    const view = /** @type {any} */ ({ recording: made, scale, cursor: made.length, broken: new Set(broken) });
    return usesInSight(uses, view).map((use) => use.from);
  };
  const all = seen();
  assert.equal(uses.length, 100);
  assert.deepEqual(all.slice(0, 4), [0, 2, 4, 6]);
  assert.deepEqual(seen(uses[3]?.seq ?? 0).slice(0, 4), [0, 2, 3, 4]);
  scale.width = 1000;
  assert.equal(seen().length, 100);
});

test('a time has the events up to it and none after', () => {
  assert.deepEqual([-1, 0, 9, 10, 44, 45, 99].map((at) => ONE.cursorAt(at)), [0, 3, 3, 4, 7, 8, 8]);
  assert.deepEqual([0, 1, 4, 8].map((cursor) => ONE.timeAt(cursor)), [0, 0, 10, 45]);
});

test('between two spans the longer one is meant', () => {
  assert.equal(spanAt(ONE, /** @type {any} */ (ONE.tasks[0]), ONE.length, 30)?.kind, 'sleep');
  assert.equal(spanAt(ONE, /** @type {any} */ (ONE.tasks[0]), ONE.length, 1000)?.kind, 'running');
});

test('a line has its task, the waits before it, and its place in the source', () => {
  assert.deepEqual(lineChoice(ONE, 0), {
    task: 0,
    from: 0,
    to: 40,
    line: 0,
    source: 'program.rs:7',
    text: 'task 0 wrote this line at 40 ms, after waiting for fetch from 0 to 10 ms, sleeping from 10 to 30 ms, waiting for fetch from 30 to 40 ms',
  });
  assert.equal(lineChoice(ONE, 1), null);
});

test('up to 200 tasks have a lane each; of more, the first 100 and the last 20, and a strip', () => {
  const many = (/** @type {number} */ count) => recording(Array.from({ length: count }, (_, id) => task(id, id, 'spawned')));
  const kinds = (/** @type {number} */ count) => layout(many(count)).rows.map(({ kind }) => kind);
  assert.equal(kinds(200).filter((kind) => kind === 'lane').length, 200);
  const rows = kinds(201);
  assert.equal(rows.length, 121);
  assert.equal(rows.indexOf('strip'), 99, 'the main task is the last one');
  assert.equal(rows.length - 1, rows.lastIndexOf('lane'));
});

test('the strip counts who lives, at most, in each column of time, up to the cursor', () => {
  const made = recording([task(0, 0, 'spawned'), task(0, 1, 'spawned'), task(50, 1, 'finished'), task(100, 0, 'finished')]);
  const scale = Object.assign(new Scale(), { extent: 100, from: 0, to: 100, width: 100 });
  const counts = (/** @type {number} */ cursor) => [...density(made, { first: 0, last: 1 }, cursor, scale, 4)];
  assert.deepEqual(counts(4), [2, 2, 1, 1]);
  assert.deepEqual(counts(2), [2, 0, 0, 0]);
  assert.deepEqual([...density(made, { first: 1, last: 1 }, 4, scale, 4)], [1, 1, 0, 0]);
});

test('a run that takes no time is drawn over a millisecond', () => {
  const scale = new Scale();
  scale.grow(0);
  assert.deepEqual([scale.from, scale.to], [0, 1]);
  scale.grow(0.002);
  assert.ok(scale.to < 0.1, 'one that takes a little time is drawn over that');
});

test('a view stays within the run, and a time keeps its place while it is zoomed', () => {
  const scale = Object.assign(new Scale(), { width: 500 });
  scale.grow(100);
  const x = scale.x(25);
  scale.zoom(2, 25);
  assert.ok(Math.abs(scale.x(25) - x) < 1e-9);
  assert.equal(scale.to - scale.from, 50);
  scale.pan(1000);
  assert.deepEqual([scale.from, scale.to], [50, 100]);
  scale.zoom(1e-9);
  assert.deepEqual([scale.from, scale.to], [0, 100]);
  scale.zoom(1e12);
  assert.ok(scale.to - scale.from > 0 && scale.from >= 0 && scale.to <= 100);
});

test('the axis has round steps, not too near to each other, at every zoom', () => {
  const scale = Object.assign(new Scale(), { width: 700 });
  for (const extent of [0.02, 1, 50, 333, 1100, 86_400_000]) {
    [scale.extent, scale.from, scale.to] = [extent, 0, extent];
    const steps = scale.steps();
    assert.ok(steps.length >= 2 && steps.length <= 10, `${extent}: ${steps.map(({ label }) => label)}`);
    for (const [index, { at, label }] of steps.entries()) {
      assert.ok(Math.abs(Number(label) - at) < 1e-9);
      if (index > 0) assert.ok(scale.x(at) - scale.x(steps[index - 1]?.at ?? 0) >= 72 - 1e-6);
    }
    assert.ok(roomFor(extent) >= extent && roomFor(extent) <= extent * 2);
  }
});

test('what happens is between the lines at which its task was before and afterwards', () => {
  const at = (/** @type {import('./support/trace.js').Made} */ event, /** @type {number} */ row, file = 'program.py') => ({ ...event, file, row });
  const made = recording([
    at(task(0, 0, 'spawned'), 40, 'scenario.py'),
    at(task(0, 1, 'spawned', 0), 30, 'scenario.py'),
    at(wait(0, 1, 'lock', 'begin'), 15),
    at(wait(0, 0, 'sleep', 'begin'), 3),
    use(5, 1, 'fetch', 'begin'),
    at(wait(5, 1, 'sleep', 'begin'), 12),
    use(9, 1, 'fetch', 'end'),
    { at: 9, kind: 'state', component: 'breaker', from: 'closed', to: 'open' },
    use(9, 2, 'fetch', 'begin'),
  ]);
  assert.deepEqual(linesOf(made, [4]), { from: 12, to: 15 }, 'the lesser one first');
  assert.deepEqual(linesOf(made, [4, 6]), { from: 12, to: 12 }, 'the last event, with nothing after it');
  assert.deepEqual(linesOf(made, [3]), { from: 3, to: 3 }, 'an event with a line of its own');
  assert.deepEqual(linesOf(made, [6, 7]), { from: 12, to: 12 }, 'a state has no task');
  assert.equal(linesOf(made, [8]), null, 'a task without lines');
  assert.equal(linesOf(made, [7]), null);
  assert.equal(linesOf(made, []), null);
});
