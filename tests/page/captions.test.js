// One sentence for each event of a run: the caption of the player, which is what a screen reader says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { captionAt } from '../../www/run/captions.js';
import { fits } from '../../www/run/described.js';
import { Recording } from '../../www/run/recording.js';
import { openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';
import { recording, task, use, wait, wake } from './support/trace.js';

/** @typedef {import('./support/browser.js').Module} Module */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/** @param {Recording} made */
const captions = (made) => Array.from({ length: made.length + 1 }, (_, cursor) => captionAt(made, cursor));

test('who joins a fetch is said with who began it, and a hand-over with both', () => {
  const made = recording([
    task(0, 0, 'spawned'), task(0, 1, 'spawned', 0), task(0, 2, 'spawned', 0),
    use(0, 1, 'fetch a', 'begin'), wait(0, 1, 'fetch', 'begin', 'fetch a'), wait(0, 2, 'fetch', 'begin', 'fetch a'),
    use(50, 1, 'fetch a', 'end'), wake(50, 2, 1), wait(50, 2, 'fetch', 'end', 'fetch a'), use(50, 2, 'fetch a', 'begin'),
  ]);
  const told = Recording.of(made.events, { picture: { invitation: '', lanes: [{ of: 'fetch *', joins: 'joins', begin: '{task} begins {of}', end: '{of} ends' }] } });
  assert.deepEqual(captions(told), [
    'Nothing has happened yet.', 'The run begins.', 'Task 0 starts the task task 1.', 'Task 0 starts the task task 2.',
    'Task 1 begins fetch a.', 'Task 1 waits for fetch a, which it began.', 'Task 2 joins fetch a, which task 1 began.',
    'Fetch a ends.', 'Task 1 wakes task 2.', 'Task 2 waits no longer for fetch a.', 'Fetch a is handed from task 1 to task 2.',
  ]);
});

test('a wait that nothing ended was given up, and a resource without words is taken and given back', () => {
  const made = recording([task(0, 0, 'spawned'), use(0, 0, 'lock', 'begin'), wait(0, 0, 'page', 'begin'), wait(9, 0, 'page', 'end'), use(9, 0, 'lock', 'end'), wait(9, 0, 'sleep', 'begin')]);
  assert.deepEqual(captions(made).slice(2), ['Task 0 takes lock.', 'Task 0 waits for page.', 'Task 0 gives up waiting for page.', 'Task 0 gives lock back.', 'Task 0 sleeps.']);
});

test('values are spelled as Python does, and a name of the program keeps its small letter', () => {
  const made = recording([
    { ...task(0, 0, 'spawned'), name: 'slow_handler' }, { at: 0, kind: 'result', task: 0, of: 'get', value: { ok: true, who: ['a', null] } }, { at: 0, kind: 'state', component: 'breaker', from: 'CLOSED', to: 'OPEN' },
    { at: 0, kind: 'gauge', name: 'active', value: 1, limit: 3 }, { at: 0, kind: 'log', task: 0, line: '  >> a' }, { at: 0, kind: 'interfere', what: 'backend down', task: null }, task(1, 0, 'finished'),
  ]);
  assert.deepEqual(captions(made).slice(2, -1), ["slow_handler has a result, get: {'ok': True, 'who': ['a', None]}.", 'Breaker changes from CLOSED to OPEN.', 'Active is now 1 of 3.', 'slow_handler prints “>> a”.', 'You take the backend down.']);
});

for (const { slug } of EXERCISES) {
  test(`${slug}: every event has a sentence of its own words, without gaps`, () =>
    site.page('', async (page) => {
      const events = await page.evaluate(
        async ({ address, slug }) => {
          const module = /** @type {Module} */ (await import(address));
          /** @type {any[]} */
          const all = [];
          await module.run(slug, { onEvents: (some) => void all.push(...some) });
          return all;
        },
        { address: `${site.url}playground.js`, slug },
      );
      const picture = JSON.parse(readFileSync(new URL(`../../src/exercises/${slug.replaceAll('-', '_')}/picture.json`, import.meta.url), 'utf8'));
      const told = captions(Recording.of(events, { picture }));
      for (const of of new Set(events.flatMap((event) => (event.kind === 'use' ? [event.of] : [])))) {
        const lane = picture.lanes?.find((/** @type {{of: string}} */ lane) => fits(lane.of, of));
        assert.ok(lane?.begin && lane?.end, `${of} has words of its own`);
      }
      for (const caption of told) assert.match(caption, /^\S.*\S.*[.:!?”]$/);
      assert.doesNotMatch(told.join('\n'), /\{(task|of|label)\}|\[object|undefined|NaN|null|  /);
    }));
}
