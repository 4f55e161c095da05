// The Python side in Pyodide, and the Rust side in its full wasm module, both in this process.

import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { loadPyodide } from 'pyodide';
import { fromTheSameState } from '../../www/python/memory.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @typedef {Record<string, any>} Event
 * @typedef {{message: string, line: number | null}} Message
 * @typedef {{events: Event[], ended: Record<string, any>, error: Message | null, notes: Message[], is_whole: boolean, decisions: {seq: number, ready: number[]}[]}} Outcome
 */

/** Loads Pyodide with the package `playground`. Returns a function that runs a program in a scenario. */
export async function python() {
  const pyodide = await loadPyodide({ env: { PYTHONHASHSEED: '0' }, jsglobals: {} });
  pyodide.FS.mkdirTree('/playground/playground');
  const from = join(ROOT, 'python/playground');
  for (const name of await readdir(from)) {
    if (name.endsWith('.py')) {
      pyodide.FS.writeFile(`/playground/playground/${name}`, await readFile(join(from, name), 'utf8'));
    }
  }
  pyodide.runPython('import sys; sys.path.insert(0, "/playground")');
  const play = fromTheSameState(/** @type {any} */ (pyodide)._module, pyodide.pyimport('playground.run'));
  return {
    pyodide,
    /**
     * @param {Record<string, any>} request
     * @returns {Outcome}
     */
    run: (request) => JSON.parse(play(JSON.stringify(request))),
  };
}

/** Loads the full module of the built site. */
export async function rust() {
  const assets = join(ROOT, 'dist/assets');
  const [hash] = await readdir(assets);
  const path = join(assets, hash, 'async_playground.js');
  const { create } = await import(pathToFileURL(path).href);
  const glue = create();
  const { module, instance } = await WebAssembly.instantiate(await readFile(path.replace('.js', '_bg.wasm')), glue.imports());
  glue.finish(instance, module);
  return {
    /**
     * Runs a Rust program on simulated time.
     * @param {Record<string, any>} request
     */
    async run(request) {
      /** @type {Event[]} */
      const events = [];
      const session = glue.start(request, (/** @type {Event[]} */ batch) => events.push(...batch));
      const ended = await session.outcome();
      return { events, ended };
    },
    /**
     * Judges events with the rules of the exercise.
     * @param {Record<string, any>} request
     * @param {Event[]} events
     * @param {Record<string, any>} ended
     */
    judge: (request, events, ended) => glue.judge(request, events, ended),
  };
}

/**
 * The exercises that have Python, and what differs from Rust.
 *
 * `fixed`: settings that the lesson's interface does not have. `ignored`: kinds of events that may differ, and why.
 * @type {{slug: string, fixed?: Record<string, any>, ignored?: string[]}[]}
 */
export const EXERCISES = [
  { slug: 'request-handler' },
  { slug: 'concurrent-requests' },
  { slug: 'health-check' },
  // A page that is ready at the deadline itself: in Rust it is still read, in asyncio the timer of the timeout is first.
  { slug: 'request-timeout', ignored: ['gauge'] },
  // When the only caller of a key is cancelled, Rust ends the fetch, and a task of asyncio goes on.
  { slug: 'ttl-cache', fixed: { max_entries: 100, keys: 1, cancel_first: false } },
  { slug: 'background-task' },
  { slug: 'middleware-chain' },
  { slug: 'connection-pool' },
  { slug: 'circuit-breaker' },
  { slug: 'request-id' },
  // The learner's cache and limits are not seen, and a fetch is a task of its own, so it begins some turns later.
  { slug: 'full-service', ignored: ['use', 'gauge'] },
];

/**
 * An exercise, as the site lists it.
 * @param {string} slug
 * @returns {Promise<Record<string, any>>}
 */
export async function exercise(slug) {
  const assets = join(ROOT, 'dist/assets');
  const [hash] = await readdir(assets);
  const all = JSON.parse(await readFile(join(assets, hash, 'exercises/all.json'), 'utf8'));
  return all.find((/** @type {{slug: string}} */ one) => one.slug === slug);
}

/**
 * A Python file of an exercise.
 * @param {string} slug
 * @param {string} name
 */
export function file(slug, name) {
  return readFile(path(slug, name), 'utf8');
}

/**
 * @param {string} slug
 * @param {string} name
 */
export function path(slug, name) {
  return join(ROOT, 'src/exercises', slug.replaceAll('-', '_'), name);
}

/**
 * The settings that programs in Python do not have.
 * @param {string} scenario
 * @returns {string[]}
 */
export function fixed(scenario) {
  return JSON.parse((/^FIXED = (.*)$/m.exec(scenario)?.[1] ?? '[]').replaceAll("'", '"'));
}
