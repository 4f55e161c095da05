// Deadlines that fall on each other: our answers keep every rule in any order of tasks, and programs that are right keep them
// first come, first served.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EXERCISES, exercise, file, fixed, python, rust } from './support.js';
import { expected } from './verdicts.js';

const [py, rs] = await Promise.all([python(), rust()]);

/** How often settings are drawn for an exercise. */
const ROUNDS = Number(process.env.ROUNDS ?? 40);
/** Times are drawn from these, so that they meet. */
const TIMES = [0, 1, 50, 50, 100, 100, 150, 200];

for (const { slug } of EXERCISES) {
  const info = await exercise(slug);
  const scenario = await file(slug, 'scenario.py');
  const free = info.settings.filter((/** @type {any} */ { name }) => !fixed(scenario).includes(name));
  const defaults = Object.fromEntries(info.settings.map((/** @type {any} */ { name, default: value }) => [name, value]));
  const random = randomNumbers(info.number);
  const draws = Array.from({ length: ROUNDS }, () => Object.fromEntries(free.filter(() => random(4) > 0).map((/** @type {any} */ setting) => [setting.name, drawn(setting, random)])));
  /**
   * @param {string} program
   * @param {(round: number) => number | undefined} seedOf
   */
  const keepsEveryRule = async (program, seedOf) => {
    for (const [round, settings] of draws.entries()) {
      const seed = seedOf(round);
      const { events, ended } = py.run({ program, scenario, settings: { ...defaults, ...settings }, seed });
      const { rules, error } = await rs.judge({ exercise: slug, settings, seed }, events, ended);
      const broken = rules.filter((/** @type {any} */ { held }) => held === false).map((/** @type {any} */ rule) => `${rule.slug}: ${rule.evidence}`);
      assert.deepEqual([error, ...broken], [null], JSON.stringify({ ...settings, seed }));
    }
  };
  const answer = await file(slug, 'answer.py');
  test(`${slug}/answer.py in any order`, () => keepsEveryRule(answer, (round) => round));
  const folder = fileURLToPath(new URL(`programs/${slug}`, import.meta.url));
  for (const name of await readdir(folder)) {
    const program = await readFile(`${folder}/${name}`, 'utf8');
    if (expected(program).kind === 'passes') test(`${slug}/${name}`, () => keepsEveryRule(program, () => undefined));
  }
}

/**
 * @param {any} setting
 * @param {(below: number) => number} random
 */
function drawn({ kind, unit, min, max, options }, random) {
  const allowed = (/** @type {number} */ value) => Math.min(Math.max(value, min), max);
  switch (kind) {
    case 'bool':
      return random(2) === 1;
    case 'choice':
      return options[random(options.length)];
    case 'order':
      return options.filter(() => random(4) > 0);
    case 'ints':
      return Array.from({ length: 1 + random(8) }, () => allowed(random(5)));
    default:
      return allowed(unit === 'ms' ? TIMES[random(TIMES.length)] ?? 0 : random(7));
  }
}

/**
 * Whole numbers that follow from a seed.
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
