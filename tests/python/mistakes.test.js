// Each mistake of an exercise has a form in Python that breaks the same rule, or a reason why it has none.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { readSetting } from '../../www/run/settings.js';
import { EXERCISES, exercise, file, fixed, path, python, rust } from './support.js';

/** How many orders are tried where a mistake shows only in an unlucky one. */
const ORDERS = 60;

/** Mistakes that have no form in Python, each with the reason. @type {Record<string, string>} */
const ONLY_IN_RUST = {
  'concurrent-requests/already-running': 'the scenario makes the requests one after another, not the program',
  'background-task/fire-and-forget': 'the scenario shuts the service down, and finds each task of the loop',
  'background-task/joined': 'the scenario shuts the service down, and gets no errors of tasks',
  'request-timeout/timeout-per-step': 'a decorator gets the handler as a whole, and its steps are inside',
};

/** Mistakes that break another rule in Python. @type {Record<string, {breaks: string, why: string}>} */
const ANOTHER_RULE = {
  'ttl-cache/kept-forever': { breaks: 'expires', why: 'a cache in Python has no maximum of entries that it may break' },
};

const [py, rs] = await Promise.all([python(), rust()]);

for (const { slug } of EXERCISES) {
  const { programs, settings } = await exercise(slug);
  const files = existsSync(path(slug, 'mistakes')) ? await readdir(path(slug, 'mistakes')) : [];
  const [answer, scenario] = [await file(slug, 'answer.py'), await file(slug, 'scenario.py')];
  const free = settings.filter((/** @type {any} */ { name }) => !fixed(scenario).includes(name));

  test(`${slug}: each mistake has its form in Python, or a reason`, () => {
    const mistakes = programs.filter((/** @type {any} */ { mistake }) => mistake !== null).map((/** @type {any} */ one) => one.slug);
    const reasons = Object.keys(ONLY_IN_RUST).filter((name) => name.startsWith(`${slug}/`)).map((name) => name.split('/')[1]);
    const forms = files.map((name) => name.replace(/\.py$/, ''));
    assert.deepEqual([...forms, ...reasons].sort(), mistakes.sort());
  });

  for (const name of files) {
    const mistake = name.replace(/\.py$/, '');
    const found = programs.find((/** @type {any} */ program) => program.slug === mistake)?.mistake;
    if (found === undefined) continue; // The test above names it.
    const { breaks } = ANOTHER_RULE[`${slug}/${mistake}`] ?? found;

    test(`${slug}: ${mistake} breaks ${breaks}, and the answer keeps it`, async () => {
      const chosen = free.filter((/** @type {any} */ setting) => setting.name in found.settings);
      const read = (/** @type {any} */ setting) => /** @type {any} */ (readSetting(setting, found.settings[setting.name])).value;
      const request = { exercise: slug, settings: Object.fromEntries(chosen.map((/** @type {any} */ one) => [one.name, read(one)])) };
      const defaults = await rs.run(request);
      const all = (await rs.judge(request, defaults.events, defaults.ended)).settings;
      /**
       * @param {string} program
       * @param {number | null} seed
       */
      const keeps = async (program, seed) => {
        const { events, ended } = py.run({ program, scenario, settings: all, seed });
        const { rules } = await rs.judge({ ...request, seed }, events, ended);
        return rules.find((/** @type {any} */ rule) => rule.slug === breaks).held;
      };
      const program = await file(slug, `mistakes/${name}`);
      if (!found.needsOrder) {
        assert.equal(await keeps(program, null), false, 'it keeps the rule');
        assert.equal(await keeps(answer, null), true, 'the answer breaks the rule');
        return;
      }
      assert.equal(await keeps(program, null), true, 'it breaks the rule in the usual order');
      let seed = 0;
      while (seed < ORDERS && (await keeps(program, seed))) seed += 1;
      assert.ok(seed < ORDERS, `it keeps the rule in ${ORDERS} orders`);
      assert.equal(await keeps(answer, seed), true, 'the answer breaks the rule');
    });
  }
}
