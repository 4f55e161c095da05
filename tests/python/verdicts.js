// The verdict that a program gets, beside the one that its first line names:
//
// - `# passes`: at the default settings and in all runs of "Check harder";
// - `# output`: the same, but with other lines than expected;
// - `# check harder: RULE`: at the default settings; the first run of "Check harder" that fails breaks this rule;
// - `# breaks: RULE`: it breaks this rule, perhaps among others, at the default settings;
// - `# error: PATTERN`: it ends with such an error.

import assert from 'node:assert/strict';
import { draws } from '../../www/python/draws.js';
import { exercise, file, fixed } from './support.js';

/**
 * @param {Awaited<ReturnType<typeof import('./support.js').python>>} py
 * @param {Awaited<ReturnType<typeof import('./support.js').rust>>} rs
 * @param {string} slug
 */
export async function verdicts(py, rs, slug) {
  const info = await exercise(slug);
  const scenario = await file(slug, 'scenario.py');
  const defaults = Object.fromEntries(info.settings.map((/** @type {any} */ { name, default: value }) => [name, value]));
  const runs = draws(/** @type {any} */ (info), fixed(scenario));

  /**
   * @param {string} program
   * @param {{settings?: Record<string, any>, seed?: number}} [run]
   */
  async function judged(program, { settings = {}, seed } = {}) {
    const { events, ended, error } = py.run({ program, scenario, settings: { ...defaults, ...settings }, seed });
    const { rules, verdict } = await rs.judge({ exercise: slug, settings, seed }, events, ended);
    const broken = rules.filter((/** @type {any} */ { held }) => held === false);
    const evidence = broken.map((/** @type {any} */ rule) => `${rule.slug}: ${rule.evidence}`);
    const why = [JSON.stringify({ ...settings, seed }), error?.message, ...evidence].join('\n');
    return { verdict, error, why, broken: broken.map((/** @type {any} */ rule) => rule.slug) };
  }

  /** @param {string} program */
  return async (program) => {
    const { kind, what } = expected(program);
    const first = await judged(program);
    if (kind === 'breaks') return assert.ok(first.broken.includes(what), `it keeps ${what}: ${first.why}`);
    if (kind === 'error') return assert.match(first.error?.message ?? '', new RegExp(what));
    assert.deepEqual(first.broken, [], first.why);
    assert.equal(first.error, null);
    assert.equal(first.verdict, kind === 'output' ? 'failed' : 'passed');
    for (const run of runs) {
      const { broken, why } = await judged(program, run);
      if (kind === 'check harder' && broken.length > 0) return assert.ok(broken.includes(what), why);
      assert.deepEqual(broken, [], why);
    }
    assert.notEqual(kind, 'check harder', `it keeps ${what} in all runs`);
  };
}

/**
 * What the first line of a program says.
 * @param {string} program
 */
export function expected(program) {
  const [, line = '', kind = '', what = ''] = /^# ((passes|output|check harder|breaks|error)(?:: (.+))?)\n/.exec(program) ?? [];
  assert.ok(kind !== '', 'the first line must name the verdict');
  return { line, kind, what };
}
