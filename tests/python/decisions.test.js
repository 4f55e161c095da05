// The decisions of a run in Python: at which moments several tasks were ready, and that another one can go first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXERCISES, exercise, file, python } from './support.js';

const engine = await python();

/**
 * Our answer at the default settings.
 * @param {string} slug
 */
async function sources(slug) {
  const [program, scenario] = await Promise.all([file(slug, 'answer.py'), file(slug, 'scenario.py')]);
  const settings = Object.fromEntries((await exercise(slug)).settings.map((/** @type {any} */ { name, default: value }) => [name, value]));
  return { program, scenario, settings };
}

/** @param {import('./support.js').Event} event */
const actor = (event) => (event.kind === 'task' ? event.id : event.task);

for (const { slug } of EXERCISES) {
  test(`${slug}: they are of tasks that live, listing them changes nothing, and each can be decided otherwise`, async () => {
    const request = await sources(slug);
    const { events } = engine.run(request);
    const listed = engine.run({ ...request, decisions: true });
    assert.deepEqual(listed.events, events);
    const { decisions } = listed;
    assert.deepEqual(engine.run({ ...request, order: decisions.map(() => 0) }).events, events, 'the first is the one in turn');
    for (const [number, { seq, ready }] of decisions.slice(0, 5).entries()) {
      assert.ok(ready.length > 1);
      const spawned = events.slice(0, seq).flatMap((event) => (event.kind === 'task' && event.phase === 'spawned' ? [event.id] : []));
      for (const id of ready) assert.ok(spawned.includes(id), `${id} was there`);
      const order = [...Array.from({ length: number }, () => 0), 1];
      const other = engine.run({ ...request, order }).events;
      assert.deepEqual(other.slice(0, seq), events.slice(0, seq), 'before the choice it is the same');
      assert.equal(actor(other[seq] ?? {}), ready[1], `decision ${number}: the second goes first`);
    }
  });
}

test('several tasks are ready where several wait for one thing', async () => {
  const { decisions } = engine.run({ ...(await sources('ttl-cache')), decisions: true });
  assert.deepEqual(decisions[0]?.ready, [1, 2, 3, 4, 5]);
});
