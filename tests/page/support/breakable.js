// WebAssembly instances that trap when a test says so.

/**
 * Makes the next call into an instance trap, once `trapNext` is its number; runs in the page before anything else.
 * A number, because the next call may come from a module that is only being loaded. While it is -1 every instance traps.
 */
export function breakable() {
  const EVERY = -1;
  const state = Object.assign(globalThis, { trapNext: 0, instances: 0 });
  /** @param {WebAssembly.Instance} instance */
  const wrap = (instance) => {
    state.instances += 1;
    const number = state.instances;
    let dead = false;
    const exports = Object.fromEntries(
      Object.entries(instance.exports).map(([name, value]) => [
        name,
        typeof value !== 'function'
          ? value
          : (/** @type {unknown[]} */ ...input) => {
              if (dead || state.trapNext === number || state.trapNext === EVERY) {
                dead = true;
                if (state.trapNext === number) state.trapNext = 0;
                throw new WebAssembly.RuntimeError('unreachable');
              }
              return value(...input);
            },
      ]),
    );
    return { exports };
  };
  const { instantiate } = WebAssembly;
  Object.assign(WebAssembly, {
    /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} imports */
    instantiate: async (module, imports) => wrap(await instantiate(module, imports)),
  });
}

/**
 * @param {import('playwright-core').Page} page
 * @param {number} instance in the order in which they came
 */
export const trapNext = (page, instance) => page.evaluate((trapNext) => Object.assign(globalThis, { trapNext }), instance);
