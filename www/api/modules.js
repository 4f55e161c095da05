// The wasm modules: the full one, and a lean one for each exercise. A lean module has the correct program of its exercise and
// no rules, so it loads much sooner. Each is loaded once, and again when it has trapped. An instance whose memory has grown much
// is replaced by another, since memory never shrinks.
//
// Only engine.js imports it.

import { PlaygroundError, asPlaygroundError, isTrap } from './errors.js';
import { parts } from './files.js';
import { lean } from './registry.js';

/**
 * @typedef {import('./files.js').Glue} Glue
 * @typedef {(error: unknown) => void} Fail
 */

/** A memory that has grown by more bytes than this is worth another instance. */
const MUCH = 4 << 20;

/** One instance of a module, and the runs that go on in it. */
export class Instance {
  /** @type {Set<Fail>} */
  #running = new Set();
  /** @type {PlaygroundError | null} */
  #trapped = null;
  #module;
  #glue;
  #memory;
  #address;
  #most;

  /**
   * @param {Module} module
   * @param {Glue} glue
   * @param {WebAssembly.Memory} memory
   * @param {string} address of the glue
   */
  constructor(module, glue, memory, address) {
    this.#module = module;
    this.#glue = glue;
    this.#memory = memory;
    this.#address = address;
    this.#most = memory.buffer.byteLength + MUCH;
    glue.onPanic((message) => this.die(message));
  }

  /**
   * Calls into the module; a trap on the way ends this instance.
   * @template T
   * @param {(glue: Glue) => T} work
   * @returns {T}
   */
  call(work) {
    if (this.#trapped) throw this.#trapped;
    try {
      return work(this.#glue);
    } catch (error) {
      throw this.explain(error);
    }
  }

  /**
   * The error as a caller is to see it.
   * @param {unknown} error
   * @returns {unknown}
   */
  explain(error) {
    if (this.#trapped) return this.#trapped;
    return isTrap(error) ? this.die(String(error)) : asPlaygroundError(error);
  }

  /**
   * All runs in a trapped instance are lost: its memory may be in any state.
   * @param {string} why
   */
  die(why) {
    this.#trapped ??= new PlaygroundError('trap', `the wasm instance ended: ${why}; the next run gets a fresh one`);
    this.#module.forget(this);
    const running = [...this.#running];
    this.#running.clear();
    for (const fail of running) fail(this.#trapped);
    return this.#trapped;
  }

  /**
   * Whether an uncaught error came out of this instance: timers call into it, where no caller catches.
   * @param {unknown} error
   */
  owns(error) {
    if (!(error instanceof Error) || !isTrap(error)) return false;
    const stack = error.stack ?? '';
    if (stack.includes(`${this.#address}:`)) return true;
    // A deep stack shows only the module's own frames, which bear no number.
    const { stem } = this.#module;
    return stack.includes(`/${stem}_bg.wasm`) && !stack.includes(`/${stem}.js`);
  }

  /** @param {Fail} fail */
  enter(fail) {
    this.#running.add(fail);
  }

  /** @param {Fail} fail */
  leave(fail) {
    this.#running.delete(fail);
    if (this.#running.size === 0 && this.#memory.buffer.byteLength > this.#most) this.#module.renew(this);
  }
}

class Module {
  /** Every attempt has its number: a module that failed or trapped is loaded anew. */
  #attempt = 1;
  /** @type {WebAssembly.Module | null} */
  #compiled = null;
  /** @type {Promise<Instance> | null} */
  #opening = null;
  /** The instance that is there, if one is. @type {Instance | null} */
  living = null;

  /** @param {string} stem of its files: `ttl_cache.js` and `ttl_cache_bg.wasm` */
  constructor(stem) {
    this.stem = stem;
  }

  /** @returns {Promise<Instance>} */
  open() {
    const attempt = (this.#opening ??= this.#load());
    // A failed load is not remembered: the network may be back.
    attempt.catch(() => {
      if (this.#opening === attempt) this.#opening = null;
    });
    return attempt;
  }

  async #load() {
    try {
      const { create, module, address } = await parts(this.stem, this.#attempt, this.#compiled);
      this.#compiled = module;
      const glue = create();
      const memory = glue.finish(await WebAssembly.instantiate(module, glue.imports()), module);
      this.living = new Instance(this, glue, memory, address);
      return this.living;
    } catch (cause) {
      this.#attempt += 1;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new PlaygroundError('load', `the playground's wasm module did not load: ${why}`, { cause });
    }
  }

  /** @param {Instance} instance that has died */
  forget(instance) {
    if (this.living !== instance) return;
    [this.living, this.#opening] = [null, null];
    this.#attempt += 1;
  }

  /**
   * Makes another instance for the runs to come; this one serves until that is there.
   * @param {Instance} instance that nothing runs in
   */
  renew(instance) {
    if (this.living !== instance) return;
    this.#opening = null;
    // The next `open` tries again.
    this.open().catch(() => {});
  }
}

/** All exercises, all rules, all mistakes. */
export const full = new Module('async_playground');

const leanOnes = new Map(lean.map((slug) => [slug, new Module(slug.replaceAll('-', '_'))]));

/**
 * The module that can run this exercise without a mistake and is there soonest.
 * @param {string} slug
 */
export function quickest(slug) {
  return full.living === null ? (leanOnes.get(slug) ?? full) : full;
}

/** @param {unknown} error */
function uncaught(error) {
  for (const { living } of [full, ...leanOnes.values()]) {
    if (living?.owns(error)) living.die(String(error));
  }
}

globalThis.addEventListener?.('error', (event) => uncaught(/** @type {ErrorEvent} */ (event).error));
globalThis.addEventListener?.('unhandledrejection', (event) => {
  uncaught(/** @type {PromiseRejectionEvent} */ (event).reason);
});
