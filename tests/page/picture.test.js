// The picture as plain data, without a browser: traces made by hand, and what is drawn of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { axis, sheet } from '../../www/picture/draw.js';
import { layout } from '../../www/picture/layout.js';
import { legend } from '../../www/picture/legend.js';
import { file, node, text } from '../../www/picture/nodes.js';
import { Scale } from '../../www/picture/scale.js';
import { card, picture } from '../../www/picture/still.js';
import { tables } from '../../www/picture/tables.js';
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
  const { rows, height } = layout(made);
  const scale = Object.assign(new Scale(), { width: 800 });
  scale.grow(made.end);
  const view = { recording: made, cursor, now: made.timeAt(cursor), scale, left: 140, words: true, chosen: null, broken: new Set(broken) };
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
