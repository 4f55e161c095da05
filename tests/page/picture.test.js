// The picture as plain data, without a browser: traces made by hand, and what is drawn of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { axis, sheet } from '../../www/picture/draw.js';
import { layout } from '../../www/picture/layout.js';
import { legend } from '../../www/picture/legend.js';
import { file, node, text } from '../../www/picture/nodes.js';
import { Scale } from '../../www/picture/scale.js';
import { card, palePicture, picture } from '../../www/picture/still.js';
import { tables } from '../../www/picture/tables.js';
import { Recording as DescribedRecording } from '../../www/run/recording.js';
import { stepped } from '../../www/run/stepped.js';
import { recording, task, use, wait, wake } from './support/trace.js';

/** @typedef {import('../../www/picture/nodes.js').Node} Node */
/** @typedef {import('../../www/run/recording.js').Recording} Recording */

/** Five callers share one fetch. */
const SHARED = recording([
  task(0, 0, 'spawned'),
  task(0, 0, 'started'),
  ...[1, 2, 3, 4, 5].flatMap((id) => [task(0, id, 'spawned', 0), task(0, id, 'started', 0)]),
  use(0, 1, 'fetch user:1', 'begin', 'fetch 1'),
  ...[1, 2, 3, 4, 5].map((id) => wait(0, id, 'fetch', 'begin', 'fetch user:1')),
  use(100, 1, 'fetch user:1', 'end', 'fetch 1'),
  wake(100, 1, null),
  wait(100, 1, 'fetch', 'end', 'fetch user:1'),
  ...[2, 3, 4, 5].flatMap((id) => [wake(100, id, 1), wait(100, id, 'fetch', 'end', 'fetch user:1')]),
  ...[1, 2, 3, 4, 5].flatMap((id) => [task(100, id, 'finished', 0), wake(100, 0, id)]),
  task(100, 0, 'finished'),
]);

/** Five callers, each with a fetch of its own. */
const STAMPEDE = recording([
  task(0, 0, 'spawned'),
  task(0, 0, 'started'),
  ...[1, 2, 3, 4, 5].flatMap((id) => [
    task(0, id, 'spawned', 0),
    task(0, id, 'started', 0),
    use(0, id, 'fetch user:1', 'begin', `fetch ${id}`),
    wait(0, id, 'sleep', 'begin'),
  ]),
  ...[1, 2, 3, 4, 5].flatMap((id) => [
    wait(100, id, 'sleep', 'end'),
    use(100, id, 'fetch user:1', 'end', `fetch ${id}`),
    task(100, id, 'finished', 0),
  ]),
  task(100, 0, 'finished'),
]);

/** One connection, which goes from hand to hand until somebody ends and keeps it; then the run is stuck. */
const LEAK = recording([
  task(0, 0, 'spawned'),
  ...[1, 2, 3].flatMap((id) => [task(0, id, 'spawned', 0), task(0, id, 'started', 0)]),
  use(0, 1, 'connection 1', 'begin', 'task 1'),
  wait(0, 1, 'sleep', 'begin'),
  wait(0, 2, 'connection', 'begin', 'pool'),
  wait(0, 3, 'connection', 'begin', 'pool'),
  wait(50, 1, 'sleep', 'end'),
  use(50, 1, 'connection 1', 'end', 'task 1'),
  wake(50, 2, 1),
  task(50, 1, 'finished', 0),
  wait(50, 2, 'connection', 'end', 'pool'),
  use(50, 2, 'connection 1', 'begin', 'task 2'),
  { at: 80, kind: 'interfere', what: 'cancel', task: 2 },
  task(80, 2, 'cancelled', 0),
  { at: 120, kind: 'interfere', what: 'backend down', task: null },
  task(200, 3, 'unfinished', 0),
]);

/**
 * The whole of a recording, or what there is at a cursor.
 * @param {Recording} made
 * @param {{cursor?: number, broken?: number[], bottom?: number}} [options]
 */
function drawn(made, { cursor = made.length, broken = [], bottom } = {}) {
  const { rows, height, left } = layout(made);
  const scale = Object.assign(new Scale(), { width: 800 });
  scale.grow(made.end);
  const view = { recording: made, cursor, now: made.timeAt(cursor), scale, left, words: true, chosen: null, broken: new Set(broken) };
  return { rows, nodes: sheet(rows, view, { bottom: bottom ?? height }), axis: axis(view) };
}

/** All nodes of a tree. @param {Node} from @returns {Node[]} */
const all = (from) => [from, ...(typeof from.content === 'string' ? [] : from.content.flatMap(all))];

/** @param {Node[]} nodes @param {string} looks */
const having = (nodes, looks) => nodes.flatMap(all).filter(({ attributes }) => String(attributes.class ?? '').startsWith(looks));

/** How many shapes the paths with some looks have. @param {Node[]} nodes @param {string} looks */
const shapes = (nodes, looks) => having(nodes, looks).reduce((count, { attributes }) => count + String(attributes.d).split('M').length - 1, 0);

/** @param {Node[]} nodes */
const words = (nodes) => nodes.flatMap(all).filter(({ tag }) => tag === 'text').map(({ content }) => content);

test('a resource is a row, and a use of it a bar with its label', () => {
  const { rows, nodes } = drawn(SHARED);
  assert.deepEqual(rows.map(({ kind }) => kind), ['resource', ...Array(6).fill('lane')]);
  assert.equal(shapes(nodes, 'use'), 1);
  assert.ok(words(nodes).includes('fetch 1, 100 ms'));
  assert.equal(shapes(nodes, 'wait'), 4, 'the caller that fetches works');
  assert.ok(words(nodes).includes('waiting for fetch user:1'));
});

test('uses that overlap lie side by side in one row', () => {
  const { nodes } = drawn(STAMPEDE);
  assert.equal(shapes(nodes, 'use'), 5);
  const labels = nodes.flatMap(all).filter(({ content }) => typeof content === 'string' && content.startsWith('fetch ') && content !== 'fetch user:1');
  assert.equal(new Set(labels.map(({ attributes }) => attributes.y)).size, 5);
});

test('a slot that is free again is used again', () => {
  const { slots, most } = LEAK.resources.get('connection 1') ?? { slots: [], most: 0 };
  assert.deepEqual(slots.map((uses) => uses.map(({ task, from, to }) => [task, from, to])), [[[1, 0, 50], [2, 50, Infinity]]]);
  assert.equal(most, 1);
});

test('those who waited for a resource are woken from its row, and the clock and children wake without an arrow', () => {
  const { nodes } = drawn(SHARED);
  assert.equal(shapes(nodes, 'got'), 4);
  assert.equal(shapes(nodes, 'link woken'), 1);
});

test('a task that has waited is given the resource by an arrow, and one that has not begins it', () => {
  assert.deepEqual(['link begun', 'link woken'].map((looks) => shapes(drawn(LEAK).nodes, looks)), [0, 0]);
  assert.equal(having(drawn(LEAK).nodes, 'link').length, 1);
  assert.equal(shapes(drawn(STAMPEDE).nodes, 'link begun'), 5);
});

test('what is never given back and who never finishes is hatched', () => {
  const { nodes } = drawn(LEAK);
  assert.equal(shapes(nodes, 'lost'), 1);
  assert.equal(having(nodes, 'hatch').length, 2);
  assert.ok(words(nodes).includes('never given back'));
  assert.ok(words(nodes).includes('waiting for connection from pool, never finished'));
});

test('an interference is a line through all rows, in words', () => {
  const { nodes } = drawn(LEAK);
  assert.equal(shapes(nodes, 'interference'), 2);
  assert.ok(words(nodes).includes('cancel task 2') && words(nodes).includes('backend down'));
});

test('only what broke a rule is marked as wrong', () => {
  assert.deepEqual(having(drawn(STAMPEDE).nodes, 'use wrong'), []);
  assert.deepEqual(having(drawn(STAMPEDE).nodes, 'broken'), []);
  const second = STAMPEDE.events.filter(({ kind }) => kind === 'use')[1]?.seq ?? -1;
  const { nodes } = drawn(STAMPEDE, { broken: [second] });
  assert.equal(shapes(nodes, 'use wrong'), 1);
  assert.deepEqual(having(nodes, 'broken'), [], 'the bar is red itself');
  const last = STAMPEDE.length - 1;
  assert.equal(having(drawn(STAMPEDE, { broken: [last] }).nodes, 'broken').length, 1);
  assert.deepEqual(having(drawn(STAMPEDE, { broken: [last], cursor: last }).nodes, 'broken'), [], 'before it happened');
});

test('nothing is drawn that comes after the cursor', () => {
  for (const made of [SHARED, STAMPEDE, LEAK]) {
    assert.deepEqual(words(drawn(made, { cursor: 0 }).nodes).filter((word) => !/^\d/.test(String(word))), made === LEAK ? ['interference'] : []);
    let before = 0;
    for (let cursor = 1; cursor <= made.length; cursor += 1) {
      const count = having(drawn(made, { cursor }).nodes, 'ending').length;
      assert.ok(count >= before && count - before <= 1);
      before = count;
    }
  }
});

test('only the rows in sight are drawn, however many tasks there are', () => {
  const count = 100_000;
  const ids = Array.from({ length: count }, (_, place) => place + 1);
  const made = recording([
    task(0, 0, 'spawned'),
    ...ids.flatMap((id) => [task(0, id, 'spawned', 0), task(0, id, 'started', 0), use(0, id, 'query', 'begin'), wait(0, id, 'sleep', 'begin')]),
    ...ids.flatMap((id) => [wait(100, id, 'sleep', 'end'), use(100, id, 'query', 'end'), task(100, id, 'finished', 0), wake(100, 0, id)]),
    task(100, 0, 'finished'),
  ]);
  const { nodes } = drawn(made, { bottom: 500 });
  assert.ok(nodes.flatMap(all).length < 200, String(nodes.flatMap(all).length));
  assert.ok(words(nodes).includes('12 of 100000'));
  assert.equal(having(drawn(made).nodes, 'density').length, 1);
});

test('the legend lists what is drawn and nothing else', () => {
  const listed = (/** @type {Recording} */ made) => legend(drawn(made).nodes).map(({ word }) => word);
  assert.deepEqual(listed(SHARED), ['holds a resource', 'waiting', 'works on what it holds', 'running', 'finished', 'begins', 'was woken']);
  assert.ok(listed(LEAK).includes('never finished, or never given back'));
  assert.ok(!listed(LEAK).includes('a rule was broken here'));
});

test('the tables say who held what', () => {
  const table = tables(STAMPEDE, STAMPEDE.length).find(({ caption }) => caption.startsWith('Resources'));
  assert.deepEqual(table?.rows, [['fetch user:1', 'fetch 1 0 to 100; fetch 2 0 to 100; fetch 3 0 to 100; fetch 4 0 to 100; fetch 5 0 to 100']]);
  const held = tables(LEAK, LEAK.length).find(({ caption }) => caption.startsWith('Resources'));
  assert.deepEqual(held?.rows, [['connection 1', 'task 1 0 to 50; task 2 50 to now']]);
});

test('a mistake has another picture than the correct program, on its card too', () => {
  const drawings = [SHARED, STAMPEDE, LEAK].map((made) => text(card(made, { width: 300, height: 84 })));
  assert.equal(new Set(drawings).size, 3);
  for (const drawing of drawings) assert.doesNotMatch(drawing, /style|<text|NaN|undefined/);
});

test('a file has a title, and text that looks like markup stays text', () => {
  const made = recording([task(0, 0, 'spawned'), use(0, 0, '<script>"&', 'begin'), use(90, 0, '<script>"&', 'end')]);
  const drawing = file(picture(made, { width: 820, title: 'A & B' }));
  assert.match(drawing, /^<svg xmlns="[^"]+" class="picture" viewBox="0 0 820 \d+" [^>]*role="img"><title>A &amp; B<\/title>/);
  assert.match(drawing, /&lt;script>"&amp;/);
  assert.equal(text(node('a', 'path', { d: '"<' })), '<path d="&quot;&lt;"/>');
});

test('the labels of the axis end within the picture', () => {
  const labels = drawn(SHARED).axis.filter(({ tag }) => tag === 'text');
  const last = labels.find(({ content }) => content === '100');
  assert.equal(last?.attributes['text-anchor'], 'end');
});

/**
 * The same run in an exercise that describes its picture.
 * @param {Recording} made
 * @param {Partial<import('../../www/api/brief.js').PictureInfo>} picture
 * @param {import('../../www/api/playground.js').SettingValues} [settings]
 */
const describedAs = (made, picture, settings = {}) => DescribedRecording.of(made.events, { picture: { invitation: '', ...picture } }, settings);

/** @param {number} at @param {number} id @param {string} of @param {unknown} value */
const result = (at, id, of, value) => ({ at, kind: 'result', task: id, of, value });

test('after a use that gave a value a band fades for its time to live', () => {
  const made = recording([task(0, 0, 'spawned'), use(0, 0, 'fetch a', 'begin'), result(100, 0, 'fetched a', 1), use(100, 0, 'fetch a', 'end'), wait(100, 0, 'sleep', 'begin'), wait(700, 0, 'sleep', 'end')]);
  const fresh = { lanes: [{ of: 'fetch *', fresh: { setting: 'ttl_ms', after: 'fetched' } }] };
  const { nodes } = drawn(describedAs(made, fresh, { ttl_ms: 500 }));
  assert.equal(having(nodes, 'fresh').length, 4);
  assert.ok(words(nodes).includes('fresh for 500 ms'));
  const failed = recording(made.events.filter(({ kind }) => kind !== 'result').map(({ seq, ...event }) => event));
  assert.equal(having(drawn(describedAs(failed, fresh, { ttl_ms: 500 })).nodes, 'fresh').length, 0, 'an error does not stay');
});

test('a deadline is a line where a use reaches it, with scissors where the use was cut off', () => {
  const run = (/** @type {boolean} */ cut) =>
    describedAs(
      recording([task(0, 0, 'spawned'), use(0, 0, 'handler', 'begin'), wait(0, 0, 'page', 'begin', 'handler'), ...(cut ? [] : [wake(200, 0, null)]), wait(200, 0, 'page', 'end', 'handler'), use(200, 0, 'handler', 'end')]),
      { lanes: [{ of: 'handler', deadline: 'timeout_ms' }] },
      { timeout_ms: 200 },
    );
  assert.deepEqual([true, false].map((cut) => having(drawn(run(cut)).nodes, 'scissors').length), [1, 0]);
  assert.equal(shapes(drawn(run(true)).nodes, 'deadline'), 1);
  assert.ok(words(drawn(run(true)).nodes).includes('deadline: 200 ms'));
  assert.equal(having(drawn(Object.assign(run(false), { request: { exercise: '', program: 'correct', clock: 'simulated', settings: { timeout_ms: 201 } } })).nodes, 'deadline').length, 0);
});

test('calls are dots: filled, crossed, hollow, and in a ring for the test call', () => {
  const made = recording([
    task(0, 0, 'spawned'), task(0, 1, 'spawned', 0),
    result(0, 1, 'failed', 1), result(50, 1, 'call', { how: 'refused' }),
    use(100, 1, 'test call', 'begin'), result(100, 1, 'succeeded', 3), use(100, 1, 'test call', 'end'),
    task(150, 1, 'finished', 0),
  ]);
  const marks = [{ of: 'succeeded', look: 'ok' }, { of: 'failed', look: 'failed' }, { of: 'call', where: { how: 'refused' }, look: 'refused' }];
  const { nodes } = drawn(describedAs(made, { hide: ['test call'], dots: { marks: /** @type {any} */ (marks), ring: 'test call' } }));
  assert.deepEqual(['dot ok', 'dot failed', 'dot refused', 'test-ring'].map((looks) => having(nodes, looks).length), [1, 1, 1, 1]);
  assert.deepEqual(legend(nodes).map(({ word }) => word).slice(-6), ['ready to start', 'call answered', 'call failed', 'call refused', 'test call', 'finished']);
});

test('boxes are in each other, and a request that does not come to the innermost turns back', () => {
  const go = (/** @type {string[]} */ names) => [...names.map((of) => use(0, 1, of, 'begin')), ...names.toReversed().map((of) => use(50, 1, of, 'end'))];
  const run = (/** @type {string[]} */ names) => describedAs(recording([task(0, 0, 'spawned'), task(0, 1, 'spawned', 0), ...go(names), task(50, 1, 'finished', 0)]), { nest: ['auth', 'log', 'work'] });
  const { rows, nodes } = drawn(run(['auth', 'log', 'work']));
  assert.deepEqual(rows.map(({ kind }) => kind), ['nest', 'lane'], 'neither resources nor the task have other rows');
  assert.equal(having(nodes, 'nest').length, 2);
  assert.equal(having(nodes, 'use').length, 1);
  assert.deepEqual([having(nodes, 'way').length, having(nodes, 'way back').length], [1, 0]);
  assert.equal(having(drawn(run(['auth'])).nodes, 'way back').length, 1);
});

test('the lines of a request bear its id in its colour, and an id that is not taken back is seen', () => {
  const made = recording([
    task(0, 0, 'spawned'), task(0, 1, 'spawned', 0), task(0, 2, 'spawned', 0),
    ...[1, 2].flatMap((id) => [result(0, id, 'begin', `req-0000000${id}`), result(0, id, 'line', `req-0000000${id}`), { at: 0, kind: 'log', task: id, line: '[x] Handling' }]),
    result(50, 1, 'line', 'req-00000002'), { at: 50, kind: 'log', task: 1, line: '[x] Complete' }, result(50, 1, 'after', 'req-00000001'), result(50, 2, 'after', 'none'),
  ]);
  const { nodes } = drawn(describedAs(made, { chips: { of: ['line', 'after'], all: 'begin', none: 'none', left: 'after' } }));
  assert.deepEqual(having(nodes, 'chip').map(({ attributes }) => attributes.class), ['chip id-0', 'chip id-1', 'chip id-0 left', 'chip id-1']);
  assert.ok(words(nodes).includes('still set') && words(nodes).includes('Handling'));
});

test('requests walk down to the stage that they get to', () => {
  const made = recording([
    task(0, 0, 'spawned'), task(0, 1, 'spawned', 0), task(0, 2, 'spawned', 0),
    result(0, 1, 'asked', 7), use(0, 1, 'cache', 'begin', 'miss'), use(0, 1, 'cache', 'end', 'miss'), use(0, 1, 'fetch', 'begin'),
    result(0, 2, 'asked', 7), use(0, 2, 'cache', 'begin', 'joins'),
    use(100, 1, 'fetch', 'end'), use(100, 2, 'cache', 'end', 'joins'),
  ]);
  const { rows, nodes } = drawn(describedAs(made, { walk: { stages: ['cache', 'fetch'], number: 'asked', name: 'requests', stops: [{ label: 'joins', look: 'ring' }], tasks: 'task *' } }));
  assert.deepEqual(rows.map(({ kind }) => kind), ['walk', 'stage', 'resource']);
  assert.equal(having(nodes, 'walker').length, 2);
  assert.equal(having(nodes, 'walk-stop').length, 1, 'one joins');
  assert.equal(having(nodes, 'use').length, 1);
});

test('a stage at which a task turns back has a cross, not a ring', () => {
  const made = recording([task(0, 0, 'spawned'), task(0, 1, 'spawned', 0), result(0, 1, 'asked', 7), use(0, 1, 'cache', 'begin', 'no'), use(0, 1, 'cache', 'end', 'no'), use(1, 0, 'fetch', 'begin'), use(2, 0, 'fetch', 'end')]);
  const stop = (/** @type {'ring' | 'cross'} */ look) => having(drawn(describedAs(made, { walk: { stages: ['cache', 'fetch'], number: 'asked', name: 'requests', stops: [{ label: 'no', look }], tasks: 'task *' } })).nodes, 'walk-stop')[0]?.attributes.d;
  assert.match(String(stop('ring')), /a3\.5 /);
  assert.match(String(stop('cross')), /l8 8/);
});

test('tasks of one name have rows of different names', () => {
  const made = recording([task(0, 0, 'spawned'), ...[1, 2].flatMap((id) => [{ ...task(0, id, 'spawned', 0), name: 'timer' }, { ...task(0, id, 'finished', 0), name: 'timer' }])]);
  assert.deepEqual(drawn(made).rows.map(({ name }) => name), ['timer', 'timer (2)', 'task 0']);
  assert.ok(words(drawn(made).nodes).includes('timer (2)'));
});

test('"sleeping" stands in its bar or nowhere, as beside it the time after it would be meant', () => {
  const sleeps = (/** @type {number} */ to) => words(drawn(recording([task(0, 0, 'spawned'), wait(0, 0, 'sleep', 'begin'), wait(to, 0, 'sleep', 'end'), wait(to, 0, 'page', 'begin'), wait(100, 0, 'page', 'end'), task(100, 0, 'finished')])).nodes);
  assert.ok(sleeps(60).includes('sleeping'));
  assert.ok(!sleeps(2).includes('sleeping'));
  const last = drawn(recording([task(0, 0, 'spawned'), wait(0, 0, 'sleep', 'begin'), wait(2, 0, 'sleep', 'end'), task(2, 0, 'finished'), task(2, 1, 'spawned'), task(100, 1, 'finished')]));
  assert.ok(!words(last.nodes).includes('sleeping'));
});

test('there is room above a bar for the words of its deadline where it reaches that', () => {
  const height = (/** @type {number} */ to) => drawn(describedAs(recording([task(0, 0, 'spawned'), use(0, 0, 'check', 'begin'), use(to, 0, 'check', 'end')]), { lanes: [{ of: 'check', deadline: 'limit_ms' }] }, { limit_ms: 100 })).rows[0]?.height ?? 0;
  assert.ok(height(100) > height(99));
});

test('arrows leave out the words of a broken rule', () => {
  const made = DescribedRecording.of(STAMPEDE.events, {});
  const seqs = STAMPEDE.events.flatMap(({ kind, seq }) => (kind === 'use' ? [seq] : [])).slice(1, 5);
  made.report = /** @type {any} */ ({ rules: [{ slug: 'one', statement: 'One fetch at a time.', held: false, evidence: 'At 0 ms four more began.', events: seqs }] });
  const { rows, nodes } = drawn(made, { broken: seqs });
  const rule = rows.find(({ kind }) => kind === 'rule');
  assert.ok(rule);
  const d = String(having(nodes, 'link begun')[0]?.attributes.d);
  // Pieces that go straight up: from the start of each to its end.
  const pieces = [...d.matchAll(/(?:M[\d.]+ |4 -4|V[\d.]+M[\d.]+ )([\d.]*)V([\d.]+)/g)].map(([, from, to]) => [Number(from), Number(to)]);
  assert.ok(pieces.length >= 5);
  for (const [from = 0, to = 0] of pieces.filter(([from]) => from !== 0)) {
    assert.ok(Math.max(from, to) <= rule.y + 10 || Math.min(from, to) >= rule.y + rule.height - 2, `from ${from} to ${to} through the rule from ${rule.y}`);
  }
  assert.equal(shapes(nodes, 'link begun'), 10, 'each of the five is in two pieces');
});

test('totals are brackets, answers are written, and neither runs over the other', () => {
  const made = recording([task(0, 0, 'spawned'), result(1000, 0, 'serial', ['r 1', 'r 2']), result(1000, 0, 'note', 'a'), result(1000, 0, 'note', 'b'), result(1100, 0, 'both', { ok: 2, bad: 0 })]);
  const totals = [{ of: 'serial', word: 'Serial', unit: /** @type {const} */ ('s') }, { of: 'both', word: 'Concurrent', unit: /** @type {const} */ ('ms'), since: 'serial' }];
  const { nodes } = drawn(describedAs(made, { totals, answers: [{ of: 'serial', row: 'results' }, { of: 'note', row: 'notes' }, { of: 'both', row: 'metrics' }] }));
  for (const text of ['Serial: 1.00 s', 'Concurrent: 100 ms', 'rs 1 2', 'a', 'b', 'ok 2']) assert.ok(words(nodes).includes(text), `${text} in ${words(nodes)}`);
  const notes = nodes.flatMap(all).filter(({ content }) => content === 'a' || content === 'b');
  assert.notDeepEqual(notes[0]?.attributes, notes[1]?.attributes);
});

test('a broken rule has a red bracket and its words below the row in which it was broken', () => {
  const made = DescribedRecording.of(STAMPEDE.events, {});
  const seqs = STAMPEDE.events.flatMap(({ kind, seq }) => (kind === 'use' ? [seq] : [])).slice(1, 5);
  const rules = [{ slug: 'one', statement: 'One fetch at a time.', held: false, evidence: 'At 0 ms four more began.', events: seqs }, { slug: 'late', statement: 'All answer.', held: false, evidence: 'Nobody did.', events: [] }];
  made.report = /** @type {any} */ ({ rules });
  const { rows, nodes } = drawn(made, { broken: seqs });
  assert.deepEqual(rows.slice(0, 3).map(({ kind }) => kind), ['resource', 'rule', 'rule']);
  assert.ok(words(nodes).includes('Rule broken: One fetch at a time.') && words(nodes).includes('At 0 ms four more began.'));
  assert.equal(shapes(nodes, 'broken'), 2);
  assert.equal(words(drawn(made, { cursor: seqs[0] ?? 0 }).nodes).filter((word) => String(word).startsWith('Rule')).length, 0, 'before it happened');
});

test('a number that goes down and up in one moment does not dip', () => {
  const gauge = (/** @type {number} */ at, /** @type {number} */ value) => ({ at, kind: 'gauge', name: 'active', value, limit: 3 });
  const line = (/** @type {number[][]} */ ...steps) => having(drawn(recording([task(0, 0, 'spawned'), ...steps.map(([at = 0, value = 0]) => gauge(at, value)), task(100, 0, 'finished')])).nodes, 'gauge')[0]?.attributes.d;
  assert.equal(line([0, 3], [50, 2], [50, 1], [50, 3]), line([0, 3], [50, 3]));
  assert.notEqual(line([0, 2], [50, 3], [50, 2]), line([0, 2], [50, 2]), 'a peak is seen');
});

test('names have the room that they need, and not more', () => {
  const named = (/** @type {string} */ name) => layout(recording([{ ...task(0, 0, 'spawned'), name }])).left;
  assert.ok(named('check of the database') > named('main'));
  const { nodes } = drawn(describedAs(recording([task(0, 0, 'spawned'), use(0, 0, 'check of the database', 'begin')]), {}));
  assert.ok(words(nodes).includes('check of the database'));
});

test('on the axis of steps every event has the same width, and the same marks are drawn', () => {
  const steps = stepped(SHARED);
  const ats = steps.events.map(({ at }) => at);
  assert.ok(ats.every((at, place) => place === 0 || at === ats[place - 1] || at === (ats[place - 1] ?? 0) + 1));
  const wake = SHARED.events.findIndex(({ kind }) => kind === 'wake');
  assert.equal(ats[wake], ats[wake - 1], 'who wakes comes with what follows');
  assert.equal(steps.axis.ms(ats.at(-1) ?? 0), 100);
  assert.equal(steps.axis.place(100), ats[SHARED.cursorBefore(100)]);
  const { nodes, axis } = drawn(steps);
  assert.equal(shapes(nodes, 'use'), 1);
  assert.ok(words(axis).includes('step') && words(nodes).includes('fetch 1, 100 ms'));
  assert.equal(stepped(SHARED), steps);
});

test('a recording in steps grows with the other one', () => {
  const made = recording([]);
  for (const event of SHARED.events) {
    made.add([event]);
    stepped(made);
  }
  assert.deepEqual(stepped(made).events, stepped(SHARED).events);
});

test('the pale picture needs no style sheet, and has whole pixels', () => {
  const drawing = text(palePicture(SHARED, { width: 620, title: 'A run' }));
  assert.match(drawing, /^<svg class="pale" viewBox="0 0 620 \d+" role="img"[^>]*><title>A run<\/title>/);
  assert.doesNotMatch(drawing, /style|\b[dxy]="[^"]*\.\d|<path[^>]*class/);
  assert.match(drawing, /fetch 1, 100 ms/);
});
