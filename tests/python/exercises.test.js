// Each exercise's answer in Python does what the Rust program does, at the default settings and at random ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXERCISES, exercise, file, python, rust } from './support.js';

const SHOWN = ['log', 'result', 'gauge', 'state', 'use'];
const ROUNDS = Number(process.env.ROUNDS ?? 50);

const [py, rs] = await Promise.all([python(), rust()]);

for (const { slug, fixed = {}, ignored = [] } of EXERCISES) {
  const answer = await file(slug, 'answer.py');
  const starter = await file(slug, 'starter.py');
  const scenario = await file(slug, 'scenario.py');

  /**
   * @param {string} program
   * @param {Record<string, any>} settings
   */
  async function played(program, settings) {
    const request = { exercise: slug, settings };
    const ours = await rs.run(request);
    const all = (await rs.judge(request, ours.events, ours.ended)).settings;
    const outcome = py.run({ program, scenario, settings: all });
    return { ours, outcome, report: await rs.judge(request, outcome.events, outcome.ended) };
  }

  test(`${slug}: the answer passes and has the events of the Rust program`, async () => {
    const { ours, outcome, report } = await played(answer, {});
    assert.equal(outcome.error, null);
    assert.deepEqual(report.rules.filter((/** @type {any} */ rule) => !rule.held), []);
    assert.equal(report.verdict, 'passed');
    const [mine, theirs] = [seen(outcome.events, ignored), seen(ours.events, ignored)];
    if (slug === 'full-service') assert.deepEqual(inMoments(mine), inMoments(theirs));
    else assert.deepEqual(mine, theirs);
  });

  test(`${slug}: the answer has the events of the Rust program at ${ROUNDS} random settings`, async () => {
    const draw = generator(slug.length);
    for (let round = 0; round < ROUNDS; round++) {
      const settings = { ...drawn((await exercise(slug)).settings, draw), ...fixed };
      const { ours, outcome, report } = await played(answer, settings);
      const at = JSON.stringify(settings);
      assert.equal(outcome.error, null, at);
      assert.deepEqual(report.rules.filter((/** @type {any} */ rule) => !rule.held), [], at);
      assert.deepEqual(inMoments(seen(outcome.events, ignored)), inMoments(seen(ours.events, ignored)), at);
    }
  });

  test(`${slug}: the starter runs and fails`, async () => {
    const { report, outcome } = await played(starter, {});
    assert.equal(report.verdict, 'failed');
    assert.ok(outcome.events.length > 5, 'it runs');
    assert.doesNotMatch(outcome.error?.message ?? '', /SyntaxError|NameError|is missing/);
    assert.doesNotMatch(outcome.error?.message ?? '', /playground|scenario\.py/);
  });
}

test('connection-pool: a task that is cancelled before its first step never starts, as in Rust', async () => {
  const request = { exercise: 'connection-pool', settings: { cancel_every: 1, cancel_ms: 0 } };
  const ours = await rs.run(request);
  const { settings } = await rs.judge(request, ours.events, ours.ended);
  const [program, scenario] = [await file('connection-pool', 'answer.py'), await file('connection-pool', 'scenario.py')];
  const { events, ended } = py.run({ program, scenario, settings });
  assert.deepEqual(phases(events), phases(ours.events));
  assert.equal((await rs.judge(request, events, ended)).verdict, 'passed');
});

/**
 * What became of each task.
 * @param {import('./support.js').Event[]} events
 */
function phases(events) {
  return events.filter(({ kind }) => kind === 'task').map(({ name, phase }) => `${name} ${phase}`).sort();
}

/**
 * The events that both sides must have, without what only one side has: numbers of tasks and lines of the source.
 * @param {import('./support.js').Event[]} events
 * @param {string[]} ignored
 */
function seen(events, ignored) {
  const shown = events
    .filter((event) => SHOWN.includes(event.kind) && !ignored.includes(event.kind))
    .map(({ seq, task, file, row, ...rest }) => rest);
  return JSON.parse(renumbered(JSON.stringify(shown)));
}

/**
 * Drawn request ids are numbered in the order of their coming: they are random, and not the same in both languages.
 * @param {string} text
 */
function renumbered(text) {
  /** @type {Map<string, number>} */
  const ids = new Map();
  return text.replace(/req-[0-9a-f]+/g, (id) => {
    if (!ids.has(id)) ids.set(id, ids.size + 1);
    return `req-${ids.get(id)}`;
  });
}

/**
 * The events of each moment without their order: asyncio takes more turns than our executor to wake a task, so that tasks
 * which go on at the same moment may take turns in another way.
 * @param {Record<string, any>[]} events
 */
function inMoments(events) {
  return events.map((event) => [event.at, JSON.stringify(event, Object.keys(event).sort())]).sort(compare);
}

/**
 * @param {any[]} one
 * @param {any[]} other
 */
function compare([at, text], [otherAt, otherText]) {
  return at - otherAt || (text < otherText ? -1 : Number(text > otherText));
}

/** @param {number} seed */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A value for each setting, whole numbers near the small end of their range.
 * @param {Record<string, any>[]} settings
 * @param {() => number} draw
 */
function drawn(settings, draw) {
  return Object.fromEntries(settings.map((setting) => [setting.name, value(setting, draw)]));
}

/**
 * @param {Record<string, any>} setting
 * @param {() => number} draw
 */
function value({ kind, unit, min, max, options, maxItems }, draw) {
  /** @param {number} most */
  const below = (most) => Math.floor(draw() * most);
  const whole = () => min + below(Math.min(max, unit === 'ms' ? 1000 : 12) - min + 1);
  switch (kind) {
    case 'bool':
      return draw() < 0.5;
    case 'int':
      return whole();
    case 'ints':
      return Array.from({ length: 1 + below(maxItems) }, whole);
    case 'choice':
      return options[below(options.length)];
    default:
      return options.filter(() => draw() < 0.7).sort(() => draw() - 0.5);
  }
}
