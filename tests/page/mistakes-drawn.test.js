// Each mistake has another picture than the correct program, at the settings that show it: what is drawn differs, and not only
// gauges, and not only the mark of the rule that it broke.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { layout } from '../../www/picture/layout.js';
import { text } from '../../www/picture/nodes.js';
import { picture } from '../../www/picture/still.js';
import { Recording } from '../../www/run/recording.js';
import { openSite } from './support/browser.js';
import { EXERCISES } from './support/exercises.js';

/** @typedef {import('./support/browser.js').Module} Module */

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
before(async () => {
  site = await openSite();
});
after(() => site.close());

for (const { slug } of EXERCISES) {
  test(`${slug}: no mistake looks like the correct program`, () =>
    site.page('', async (page) => {
      const { info, runs } = await page.evaluate(
        async ({ address, slug }) => {
          const module = /** @type {Module} */ (await import(address));
          await module.ready();
          const info = module.catalogue().find((known) => known.slug === slug);
          const run = async (/** @type {import('../../www/api/playground.js').RunOptions} */ options) => {
            /** @type {any[]} */
            const events = [];
            const report = await module.run(slug, { ...options, onEvents: (some) => void events.push(...some) });
            return { events, settings: options.settings ?? {}, report };
          };
          const runs = [];
          for (const { slug: program, mistake } of info?.programs ?? []) {
            if (mistake === null) continue;
            const read = (/** @type {string} */ text, /** @type {string} */ kind) => (kind === 'int' ? Number(text) : kind === 'bool' ? text === 'true' : kind === 'ints' ? text.split(',').map(Number) : kind === 'order' ? text.split(',') : text);
            const settings = Object.fromEntries(Object.entries(mistake.settings).map(([name, text]) => [name, read(text, info?.settings.find((setting) => setting.name === name)?.kind ?? '')]));
            const found = mistake.needsOrder ? (await module.search(slug, { program, settings })).failure : null;
            const order = found === null ? {} : 'seed' in found && found.seed !== null ? { seed: found.seed } : { order: /** @type {any} */ (found).order };
            runs.push({ program, correct: await run({ settings, ...order }), wrong: await run({ settings, program, ...order }) });
          }
          return { info, runs };
        },
        { address: `${site.url}playground.js`, slug },
      );
      const about = { .../** @type {any} */ (info), picture: JSON.parse(readFileSync(new URL(`../../src/exercises/${slug.replaceAll('-', '_')}/picture.json`, import.meta.url), 'utf8')) };
      for (const width of [760, 330]) {
        const drawn = (/** @type {typeof runs[number]['wrong']} */ { events, settings }) => text(picture(Recording.of(events, about, settings), { width, title: '' }));
        for (const { program, correct, wrong } of runs) {
          const drawing = drawn(wrong);
          assert.notEqual(drawing, drawn(correct), `${program} at ${width} px`);
          assert.doesNotMatch(drawing, /NaN|undefined|Infinity/);
          const judged = Recording.of(wrong.events, about, wrong.settings);
          judged.report = wrong.report;
          const broken = wrong.report.rules.filter(({ held }) => !held);
          const names = layout(judged, { width }).rows.flatMap(({ name }) => (name === '' ? [] : [name]));
          assert.deepEqual(names.filter((name, place) => names.indexOf(name) !== place), [], `${program} has two rows of one name`);
          for (const { evidence } of broken) {
            assert.doesNotMatch(evidence, /\d\.\d\d/, `${program}: times are whole or have one decimal`);
            assert.doesNotMatch(evidence, /\b1 (calls|fetches|queries|requests|tasks|times|lines|pages|failures|connections)\b/, `${program}: one is not many`);
          }
          if (broken.length > 0) assert.match(text(picture(judged, { width, title: '' })), /class="rule"[^>]*>Rule broken: /, `${program} has no words`);
        }
      }
    }));
}
