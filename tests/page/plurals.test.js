// One is singular: in no sentence of an exercise stands "1 callers", whichever of its counts is set to one.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { text } from '../../www/picture/nodes.js';
import { picture } from '../../www/picture/still.js';
import { captionAt } from '../../www/run/captions.js';
import { Recording } from '../../www/run/recording.js';
import { openSite, playground } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';

/** @typedef {import('./support/browser.js').Module} Module */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

const NOUNS = 'callers|calls|requests|queries|connections|tasks|fetches|lines|rows|rules|orders|notifications|permits|tokens|layers|responses|answers|checks|failures|rounds|values|keys|ids|times|errors|timeouts|events';
/** Not "caller 1 fetches". */
const WRONG = new RegExp(`.*(?<!(?:caller|call|request|query|connection|task|fetch|order|user|line|round) )\\b(?:1|one) (?:more |other )?(?:${NOUNS})\\b.*`, 'gi');

for (const { slug } of EXERCISES) {
  test(`${slug}: with one of anything every sentence is singular`, () =>
    site.page(`${slug}/`, async (page) => {
      const { info, runs } = await page.evaluate(
        async ({ address, slug }) => {
          const module = /** @type {Module} */ (await import(address));
          await module.ready();
          const info = module.catalogue().find((known) => known.slug === slug);
          const counts = (info?.settings ?? []).filter((setting) => setting.kind === 'int' && setting.unit === null && setting.min <= 1);
          const choices = [{}, Object.fromEntries(counts.map(({ name }) => [name, 1])), ...counts.map(({ name }) => ({ [name]: 1 }))];
          const runs = [];
          for (const { slug: program } of info?.programs ?? []) {
            for (const settings of choices) {
              /** @type {any[]} */
              const events = [];
              const report = await module.run(slug, { program, settings, onEvents: (some) => void events.push(...some) });
              runs.push({ program, settings, events, report });
            }
          }
          return { info, runs };
        },
        { address: `${site.url}playground.js`, slug },
      );
      const about = { .../** @type {any} */ (info), picture: JSON.parse(readFileSync(new URL(`../../src/exercises/${slug.replaceAll('-', '_')}/picture.json`, import.meta.url), 'utf8')) };
      const wrong = new Set();
      for (const { program, settings, events, report } of runs) {
        const recording = Recording.of(events, about, settings);
        // What a program prints is its own.
        const captions = events.flatMap((event, at) => (event.kind === 'log' ? [] : [captionAt(recording, at + 1)]));
        const drawn = text(picture(recording, { width: 760, title: '' })).replace(/<[^>]*>/g, '\n');
        const said = [...captions, drawn, report.error ?? '', ...report.rules.flatMap(({ statement, evidence }) => [statement, evidence ?? ''])];
        for (const found of said.join('\n').match(WRONG) ?? []) wrong.add(`${program} ${JSON.stringify(settings)}: ${found}`);
      }
      assert.deepEqual([...wrong], []);

      await playground(page);
      await page.locator('.statement').hover();
      for (const button of await page.locator('.statement button.setting').all()) {
        const own = page.locator(`async-playground playground-setting[data-name="${await button.getAttribute('value')}"] input[id]`);
        await own.evaluate((input) => {
          /** @type {HTMLInputElement} */ (input).value = '1';
          input.dispatchEvent(new Event('input', { bubbles: true }));
        });
        await page.waitForFunction((button) => /^1$/.test(button?.textContent ?? ''), await button.elementHandle());
      }
      assert.deepEqual((await page.locator('.statement > p').first().innerText()).match(WRONG) ?? [], []);
    }));
}
