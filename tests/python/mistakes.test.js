// Each mistake in Python breaks the rule that it is to break.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { EXERCISES, exercise, file, path, python, rust } from './support.js';

/** How many orders are tried where a mistake shows only in an unlucky one. */
const ORDERS = 60;

/** The files of all exercises. @type {string[]} */
const written = [];

const [py, rs] = await Promise.all([python(), rust()]);

for (const { slug } of EXERCISES) {
  const { programs } = await exercise(slug);
  // Not every exercise has mistakes in Python yet.
  const files = existsSync(path(slug, 'mistakes')) ? await readdir(path(slug, 'mistakes')) : [];
  written.push(...files);
  const scenario = await file(slug, 'scenario.py');
  for (const name of files) {
    const found = programs.find((/** @type {{slug: string}} */ program) => `${program.slug}.py` === name);
    test(`${slug}: ${name} breaks its rule`, async () => {
      assert.ok(found, 'no mistake of the exercise has this name');
      const { breaks, settings, needsOrder } = found.mistake;
      const request = { exercise: slug, settings: await read(slug, settings) };
      const defaults = await rs.run(request);
      const all = (await rs.judge(request, defaults.events, defaults.ended)).settings;
      const program = await file(slug, `mistakes/${name}`);
      for (const seed of [null, ...Array(needsOrder ? ORDERS : 0).keys()]) {
        const { events, ended } = py.run({ program, scenario, settings: all, seed });
        const { rules } = await rs.judge({ ...request, seed }, events, ended);
        if (rules.some((/** @type {any} */ rule) => rule.slug === breaks && !rule.held)) return;
      }
      assert.fail(`it keeps ${breaks}`);
    });
  }
}

test('the mistakes in Python are found', () => assert.ok(written.length >= 33, `${written.length} files`));

/**
 * The settings of a mistake: they are texts.
 * @param {string} slug
 * @param {Record<string, string>} texts
 */
async function read(slug, texts) {
  const { settings } = await exercise(slug);
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const { kind } = settings.find((/** @type {{name: string}} */ setting) => setting.name === name);
      if (kind === 'bool') return [name, text === 'true'];
      if (kind === 'int') return [name, Number(text)];
      if (kind === 'ints') return [name, text.split(',').map(Number)];
      return [name, kind === 'order' ? text.split(',').filter(Boolean) : text];
    }),
  );
}
