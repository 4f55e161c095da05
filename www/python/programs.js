// Programs in Python: runs them, searches for an unlucky order of their tasks, and checks them at other settings.
//
// Python computes the events of a run. The full wasm module judges them, with the rules that judge the programs in Rust, and
// checks each request before it runs. `api/calls.js` loads this file with the first call that needs it.

import { PlaygroundError, abortError, kindOf } from '../api/errors.js';
import { ask } from '../api/ask.js';
import { AS_IT_IS, isOwn } from '../run/request.js';
import { draws } from './draws.js';
import { load, play } from './interpreters.js';
import { pythonFile } from './python-at.js';

export { load };

/**
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {import('../api/playground.js').Report} Report
 * @typedef {import('../api/playground.js').PythonReport} PythonReport
 * @typedef {import('../api/playground.js').Findings} Findings
 * @typedef {import('../api/playground.js').CheckFindings} CheckFindings
 * @typedef {import('../api/playground.js').ExerciseInfo} ExerciseInfo
 * @typedef {import('../api/modules.js').Instance} Instance
 * @typedef {import('../api/engine.js').Request} Request
 * @typedef {import('./interpreter.js').Outcome} Outcome
 * @typedef {() => Promise<Instance>} Open gives an instance of the full module
 */

/**
 * @param {string} slug
 * @returns {Promise<import('../api/playground.js').PythonSources>}
 */
export async function sources(slug) {
  const address = pythonFile(`${slug}.json`);
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.json();
  } catch (cause) {
    throw new PlaygroundError('load', `${address.pathname} did not load: ${cause}`, { cause });
  }
}

/**
 * @param {Request} given
 * @param {Open} open
 * @param {(events: Event[]) => void} callback
 * @param {AbortSignal} [signal]
 * @returns {Promise<PythonReport>}
 */
export async function run(given, open, callback, signal) {
  const program = await opened(given, open);
  const outcome = await program.play({}, signal);
  const report = await program.judge({}, outcome);
  if (signal?.aborted) throw abortError();
  // Afterwards, since it may change its events.
  callback(outcome.events);
  // A program that did not begin has kept no rule and broken none.
  const unjudged = () => report.rules.map((rule) => ({ ...rule, held: null, evidence: '', events: [] }));
  const rules = program.asItIs || outcome.events.length === 0 ? unjudged() : report.rules;
  const { error, notes, is_whole } = outcome;
  const python = { rules, line: error?.line ?? null, notes, is_whole };
  return program.asItIs ? { ...report, ...python, verdict: 'unjudged', judged: 'nothing', rows: [] } : { ...report, ...python };
}

/**
 * Runs a program under the orders of the seeds 0, 1, 2 and so on, up to the first that fails.
 * @param {Request} given with `seeds` and `budget_ms`
 * @param {Open} open
 * @param {(progress: {tried: number, seeds: number}) => void} callback
 * @param {AbortSignal} [signal]
 * @returns {Promise<Findings>}
 */
export async function search({ seeds = 1000, budget_ms = null, ...given }, open, callback, signal) {
  const began = performance.now();
  const most = whole('seeds', seeds, 1_000_000);
  const until = budget_ms === null ? Infinity : began + whole('budget_ms', budget_ms, 3_600_000);
  const program = await judged('search', given, open);
  const { slug, settings, program: name } = program.checked;
  const cases = function* () {
    for (let seed = 0; seed < most; seed += 1) yield { seed };
  };
  const found = await firstFailure(program, cases(), until, (tried) => callback({ tried, seeds: most }), signal);
  const { tried, failure } = found;
  return {
    slug,
    program: name,
    settings,
    seeds: most,
    tried,
    held: tried - Number(failure !== null),
    failure: failure && { seed: failure.seed ?? 0, order: null, rules: failure.rules, error: failure.error },
    elapsed: performance.now() - began,
  };
}

/**
 * Runs a program at other settings and in other orders, up to the first run that fails.
 * @param {Request} given
 * @param {ExerciseInfo} exercise
 * @param {Open} open
 * @param {(progress: {tried: number, runs: number}) => void} callback
 * @param {AbortSignal} [signal]
 * @returns {Promise<CheckFindings>}
 */
export async function check(given, exercise, open, callback, signal) {
  const began = performance.now();
  const program = await judged('check', given, open);
  const { slug, program: name } = program.checked;
  const cases = draws(exercise, program.fixed);
  const { tried, failure } = await firstFailure(program, cases, Infinity, (tried) => callback({ tried, runs: cases.length }), signal);
  return { slug, program: name, runs: cases.length, tried, failure, elapsed: performance.now() - began };
}

/**
 * Lists the decisions between ready tasks of a run. There are none where a seed draws them.
 * @param {Request} given
 * @param {Open} open
 * @returns {Promise<import('../api/playground.js').Decision[]>}
 */
export async function decisions(given, open) {
  const program = await opened(given, open);
  if (program.checked.seed !== null) return [];
  const { decisions = [] } = await program.play({ decisions: true });
  return decisions;
}

/** @typedef {{seed?: number | undefined, order?: undefined, settings?: Report['settings']}} Case how a run differs from the request */

/**
 * A program for a call that needs its judgement.
 * @param {string} call
 * @param {Request} given
 * @param {Open} open
 */
function judged(call, given, open) {
  if (given.program === AS_IT_IS) throw new PlaygroundError('bad-value', `${call} takes a program that the exercise runs, not "${AS_IT_IS}"`);
  return opened(given, open);
}

/**
 * A program with what plays and judges it.
 * @param {Request} given
 * @param {Open} open
 */
async function opened({ code, program, clock = 'simulated', ...request }, open) {
  if (clock !== 'simulated') throw new PlaygroundError('bad-value', 'clock must be simulated for a program in Python');
  if (code !== undefined) {
    if (typeof code !== 'string') throw new PlaygroundError('bad-value', `code must be a text, not ${kindOf(code)}`);
    if (program !== undefined && !(typeof program === 'string' && isOwn(program))) {
      throw new PlaygroundError('bad-value', `program must be "yours" or "${AS_IT_IS}" where there is code`);
    }
  }
  const loaded = load();
  // It is awaited by `play`, after what may fail sooner.
  loaded.catch(() => {});
  const [instance, { answer, scenario, fixed }] = await Promise.all([open(), sources(request.exercise)]);
  const source = typeof code === 'string' ? code : answer;
  const asItIs = program === AS_IT_IS;
  const name = code === undefined ? 'answer' : asItIs ? AS_IT_IS : 'yours';
  /**
   * @param {Case} one
   * @param {Pick<Outcome, 'events' | 'ended'>} outcome
   * @returns {Promise<Report>}
   */
  const judge = async ({ settings, ...order }, { events, ended }) => {
    const all = settings === undefined ? request : { ...request, settings: { .../** @type {object} */ (request.settings), ...settings } };
    const report = await ask(instance, (glue) => glue.judge({ ...all, ...order }, events, ended));
    return { ...report, program: name };
  };
  // The judgement of a run without events checks the request, and completes its settings.
  const checked = await judge({}, { events: [], ended: { error: null, stuck: [], elapsed: 0, tasks: 0 } });
  return {
    checked,
    fixed,
    asItIs,
    judge,
    /**
     * @param {Case & {decisions?: boolean}} one
     * @param {AbortSignal} [signal]
     */
    play({ settings, decisions = false, ...order }, signal) {
      const { seed, order: choices, interfere } = { ...checked, ...order };
      return play({ program: source, scenario, settings: { ...checked.settings, ...settings }, seed, order: choices, interfere, decisions, as_it_is: asItIs }, signal);
    },
  };
}

/**
 * Runs a program in one case after another, up to the first that fails. While one run is judged here, the next one is played in
 * the worker.
 * @param {Awaited<ReturnType<typeof opened>>} program
 * @param {Iterable<Case>} cases
 * @param {number} until
 * @param {(tried: number) => void} callback
 * @param {AbortSignal} [signal]
 * @returns {Promise<{tried: number, failure: CheckFindings['failure']}>}
 */
async function firstFailure(program, cases, until, callback, signal) {
  const left = cases[Symbol.iterator]();
  const begin = () => {
    const { value, done } = performance.now() > until ? { value: undefined, done: true } : left.next();
    if (done || value === undefined) return null;
    // Each has an order of its own.
    const one = { seed: undefined, order: undefined, ...value };
    const run = program.play(one, signal).then((outcome) => ({ one, outcome }));
    // Awaited in the next round.
    run.catch(() => {});
    return run;
  };
  let tried = 0;
  let next = begin();
  while (next !== null) {
    const { one, outcome } = await next;
    next = begin();
    const report = await program.judge(one, outcome);
    if (signal?.aborted) throw abortError('search');
    tried += 1;
    callback(tried);
    if (report.verdict === 'failed') {
      const rules = report.rules.filter(({ held }) => held === false);
      const { settings, seed, error } = report;
      return { tried, failure: { settings, seed, rules, error, line: outcome.error?.line ?? null } };
    }
  }
  return { tried, failure: null };
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} most
 */
function whole(name, value, most) {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new PlaygroundError('bad-value', `${name} must be a whole number from 1 to ${most}`);
}
