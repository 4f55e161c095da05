// Each exercise's answer in Python does what the Rust program does, at the default settings and at random ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXERCISES, file, python, rust } from './support.js';

const SHOWN = ['log', 'result', 'gauge', 'state', 'use'];
const ROUNDS = Number(process.env.ROUNDS ?? 50);

const [py, rs] = await Promise.all([python(), rust()]);

for (const { slug, fixed = {} } of EXERCISES) {
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
    assert.deepEqual(seen(outcome.events), seen(ours.events));
  });

  test(`${slug}: the answer has the events of the Rust program at ${ROUNDS} random settings`, async () => {
    const draw = generator(slug.length);
    for (let round = 0; round < ROUNDS; round++) {
      const settings = { ...drawn(await rs.settings(slug), draw), ...fixed };
      const { ours, outcome, report } = await played(answer, settings);
      const at = JSON.stringify(settings);
      assert.equal(outcome.error, null, at);
      assert.deepEqual(report.rules.filter((/** @type {any} */ rule) => !rule.held), [], at);
      assert.deepEqual(seen(outcome.events), seen(ours.events), at);
    }
  });

  test(`${slug}: the starter runs and fails`, async () => {
    const { report, outcome } = await played(starter, {});
    assert.equal(report.verdict, 'failed');
    assert.doesNotMatch(outcome.error?.message ?? '', /playground|scenario\.py/);
  });
}

/**
 * The events that both sides must have, without what only one side has: numbers of tasks and lines of the source.
 * @param {import('./support.js').Event[]} events
 */
function seen(events) {
  return events
    .filter((event) => SHOWN.includes(event.kind))
    .map(({ seq, task, file, row, ...rest }) => JSON.stringify(rest, Object.keys(rest).sort()));
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
function value({ kind, min, max }, draw) {
  if (kind === 'flag') return draw() < 0.5;
  return min + Math.floor(draw() * (Math.min(max, kind === 'millis' ? 1000 : 12) - min + 1));
}
