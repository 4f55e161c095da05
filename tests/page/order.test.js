// The order of tasks: where several are ready, the reader says which one goes first; that can be undone, and the link has it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { choiceAt, choicesIn, choicesOf, withChoice } from '../../www/run/choices.js';
import { MOVING, OVER, openSite, playground } from './support/browser.js';
import { LONG, editor } from './support/editor.js';
import { ran } from './support/player.js';
import { recording, task } from './support/trace.js';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

/** The events of the run that is shown. @param {Page} page */
const eventsOf = (page) => page.evaluate(() => /** @type {import('../../www/api/playground.js').Event[]} */ (/** @type {any} */ (document.querySelector('async-playground')).player.recording.events));

/**
 * A run that is over, with its choices listed.
 * @param {Page} page
 */
async function listed(page) {
  const on = await ran(page);
  const order = on.host.locator('playground-order');
  await order.getByRole('button', { name: 'Next choice' }).waitFor();
  return { ...on, order, ready: order.getByRole('group', { name: 'Who goes first' }).getByRole('button') };
}

test('the tasks that are ready are named, the one that goes first is marked, and another one can go first', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await listed(page);
    const events = await eventsOf(page);
    await on.button('To the start').click();
    assert.equal(await on.ready.count(), 0);
    await on.button('Next choice').click();
    assert.deepEqual(await on.ready.allTextContents(), ['caller 1', 'caller 2', 'caller 3', 'caller 4', 'caller 5']);
    assert.deepEqual(await on.ready.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-pressed'))), ['true', 'false', 'false', 'false', 'false']);
    const cursor = await on.cursor();
    assert.equal((await page.locator('.ask p').first().textContent())?.trim(), '5 tasks are ready. Who goes first?');
    await on.button('caller 3').click();
    await on.order.getByText('1 choice: caller 3 goes before caller 1 at 0 ms.').waitFor();
    const changed = await eventsOf(page);
    assert.deepEqual(changed.slice(0, cursor), events.slice(0, cursor), 'before the choice it is the same');
    const first = changed[cursor];
    assert.ok(first?.kind === 'task' && first.name === 'caller 3' && first.phase === 'started', JSON.stringify(first));
    assert.match((await on.note.textContent()) ?? '', /^You chose an order of tasks, so only the rules are checked/);
    await on.order.getByRole('button', { name: 'Undo' }).click();
    await on.order.getByRole('button', { name: 'Undo' }).waitFor({ state: 'hidden' });
    assert.deepEqual(await eventsOf(page), events);
    assert.equal(await on.order.getByRole('button', { name: 'Next choice' }).evaluate((button) => /** @type {ShadowRoot} */ (button.getRootNode()).activeElement === button), true, 'the focus stays in the row');
  }));

test('choices follow each other, undo takes back the last one, and the link has them', () =>
  site.page('ttl-cache/', async (page) => {
    const on = await listed(page);
    await on.button('To the start').click();
    await on.button('Next choice').click();
    await on.button('caller 2').click();
    await on.order.getByText(/^1 choice/).waitFor();
    const once = await eventsOf(page);
    await on.button('To the start').click();
    await on.button('Next choice').click();
    await on.button('Next choice').click();
    assert.deepEqual(await on.ready.allTextContents(), ['caller 1', 'caller 3', 'caller 4', 'caller 5']);
    await on.button('caller 5').click();
    await on.order.getByText(/^2 choices: caller 2 goes before caller 1 at 0 ms, caller 5 goes before caller 1 at 0 ms\.$/).waitFor();
    await page.waitForFunction(() => new URLSearchParams(location.search).get('order') === '1,3');
    const [address, twice] = [page.url(), await eventsOf(page)];
    await page.goto('about:blank');
    await page.goto(address);
    const again = await listed(page);
    assert.deepEqual(await eventsOf(page), twice);
    await again.order.getByRole('button', { name: 'Undo' }).click();
    await again.order.getByText(/^1 choice: caller 2/).waitFor();
    assert.deepEqual(await eventsOf(page), once);
  }));

test('a run with another choice is played on from there', () =>
  site.page('connection-pool/', async (page) => {
    const on = await listed(page);
    await on.speed('slow');
    await on.button('To the start').click();
    for (let times = 0; times < 12; times += 1) await on.button('Next choice').click();
    const at = await page.evaluate(() => /** @type {any} */ (document.querySelector('async-playground')).player.time);
    await on.ready.last().click();
    await page.waitForFunction(() => /** @type {any} */ (document.querySelector('async-playground')).player.recording.request.order !== undefined);
    const { playing, time } = await page.evaluate(() => {
      const { playing, time } = /** @type {any} */ (document.querySelector('async-playground')).player;
      return { playing, time };
    });
    assert.ok(at > 0 && playing && time >= at, `${at} ${playing} ${time}`);
    await on.speed('once');
    await on.until('watched');
  }, MOVING));

test('there is nothing to choose where one task at a time is ready, nor in real time; a seed has chosen already', () =>
  site.page('request-handler/', async (page) => {
    await ran(page);
    const order = page.locator('playground-order');
    assert.equal(await order.isVisible(), false);
    await page.goto(`${site.url}ttl-cache/?seed=3`);
    await ran(page);
    await order.getByText('The seed 3 draws who goes first. Remove it to choose yourself.').waitFor();
    assert.equal(await order.getByRole('button', { name: 'Find an unlucky order' }).isVisible(), true);
    await page.goto(`${site.url}ttl-cache/?clock=real`);
    const on = await playground(page);
    await on.run.click();
    await page.locator('playground-player').waitFor();
    await page.locator('async-playground:is([data-state="watched"], [data-state="broken"])').waitFor();
    assert.equal(await order.isVisible(), false);
  }));

test('an order that was given can be taken back, also where there is nothing to choose, and in real time', () =>
  site.page('request-handler/?order=0,1', async (page) => {
    for (const query of ['order=0,1', 'order=0,1&clock=real']) {
      await page.goto(`${site.url}request-handler/?${query}`);
      const on = await playground(page);
      await on.run.click();
      await page.locator(OVER).waitFor();
      const order = page.locator('playground-order');
      await order.getByText('This order of tasks has 1 choice.').waitFor();
      await order.getByRole('button', { name: 'Undo' }).click();
      await order.waitFor({ state: 'hidden' });
      assert.equal(await on.host.evaluate((host) => /** @type {any} */ (host).player.recording.request.order), undefined);
    }
  }));

test('an order is changed at one decision, and ends with it', () => {
  assert.deepEqual(withChoice(undefined, 2, 1), [0, 0, 1]);
  assert.deepEqual(withChoice([0, 3, 0, 2], 2, 1), [0, 3, 1]);
  assert.deepEqual(withChoice([0, 3, 0, 2], 3, 0), [0, 3]);
  assert.equal(withChoice([0, 3], 1, 0), undefined);
});

test('a task that has ended is no choice, though it is ready', () => {
  const made = recording([task(0, 0, 'spawned'), task(0, 1, 'spawned'), task(0, 2, 'spawned'), task(0, 1, 'finished'), task(5, 2, 'finished')]);
  const decisions = [{ seq: 3, ready: [0, 1, 2] }, { seq: 4, ready: [1, 0, 2] }, { seq: 4, ready: [0, 2] }, { seq: 5, ready: [2, 0] }];
  assert.deepEqual(choiceAt(made, decisions, 3)?.ready, [{ id: 0, position: 0 }, { id: 1, position: 1 }, { id: 2, position: 2 }]);
  assert.deepEqual(choiceAt(made, decisions, 4), { number: 2, ready: [{ id: 0, position: 0 }, { id: 2, position: 1 }] });
  assert.deepEqual(choicesIn(made, decisions), [3, 4], 'at 5 one task is left');
  made.request.order = [0, 0, 7];
  assert.deepEqual(choicesOf(made, decisions), [{ task: 'task 2', before: 'task 0', at: 5 }], 'a position past the end means the last one');
});

test('in a program in Python another task can go first too, which can be undone', LONG, () =>
  site.page('ttl-cache/', async (page) => {
    const on = await editor(page);
    await on.write((await on.sources('ttl-cache')).answer);
    await on.run.click();
    await on.until('passed');
    const order = on.host.locator('playground-order');
    const events = await eventsOf(page);
    const next = order.getByRole('button', { name: 'Next choice' });
    await next.click();
    await order.getByRole('button', { name: 'caller 3', exact: true }).click();
    await order.getByText('1 choice: caller 3 goes before caller 1 at 0 ms.').waitFor();
    const changed = await eventsOf(page);
    const cursor = changed.findIndex((event, place) => JSON.stringify(event) !== JSON.stringify(events[place]));
    const first = changed[cursor];
    assert.ok(first?.kind === 'task' && first.name === 'caller 3' && first.phase === 'started', JSON.stringify(first));
    await order.getByRole('button', { name: 'Undo' }).click();
    await order.getByRole('button', { name: 'Undo' }).waitFor({ state: 'hidden' });
    assert.deepEqual(await eventsOf(page), events);
  }));
