// What scripts have beside them as files: the wasm modules with their glue, descriptions of exercises, style sheets.
//
// In the npm package and in the one file bundle/files.js stands in its place, with everything inside.

/** @typedef {typeof import('./async_playground.js')} Glue */
/** @typedef {{glue: Glue, memory: WebAssembly.Memory, address: string}} Made */

/**
 * A fresh instance of a wasm module. That the script exports `create` is xtask's doing: so nothing but a glue itself
 * holds its instance.
 * @param {string} stem of its files: `ttl_cache.js` and `ttl_cache_bg.wasm`
 * @param {number} attempt every one has its number: a script is evaluated anew only under another address
 * @param {WebAssembly.Module | null} compiled what the instance before was made of, if there was one
 * @returns {Promise<Made>}
 */
export async function instantiate(stem, attempt, compiled) {
  const address = new URL(`./${stem}.js`, import.meta.url);
  if (attempt > 1) address.searchParams.set('instance', String(attempt));
  /** @type {Glue} */
  const glue = (await import(address.href)).create();
  const { memory } = await glue.default(compiled === null ? undefined : { module_or_path: compiled });
  return { glue, memory, address: address.href };
}

/**
 * The text of a file.
 * @param {string} path from the directory of this script
 */
export async function read(path) {
  const response = await fetch(new URL(path, import.meta.url));
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.text();
}
