// What scripts have beside them as files: the wasm modules with their glue, descriptions of exercises, style sheets.
//
// In the npm package and in the one file bundle/files.js stands in its place, with everything inside.

/** @typedef {typeof import('./async_playground.js')} Glue */
/** @typedef {{create: () => Glue, module: WebAssembly.Module, address: string}} Parts */

/**
 * What an instance of a wasm module is made of: its glue, as a function that makes one, and the module. That the script
 * exports `create` is xtask's doing: so nothing but a glue itself holds its instance.
 * @param {string} stem of its files: `ttl_cache.js` and `ttl_cache_bg.wasm`
 * @param {number} attempt every one has its number: a script is evaluated anew only under another address
 * @param {WebAssembly.Module | null} compiled the module, if it has been loaded before
 * @returns {Promise<Parts>}
 */
export async function parts(stem, attempt, compiled) {
  const address = new URL(`../${stem}.js`, import.meta.url);
  if (attempt > 1) address.searchParams.set('instance', String(attempt));
  const [module, { create }] = await Promise.all([compiled ?? compile(`${stem}_bg.wasm`), import(address.href)]);
  return { create, module, address: address.href };
}

/** @param {string} path */
async function compile(path) {
  const response = await loaded(path);
  // A server that has not heard of WebAssembly calls it something else, which cannot be compiled as it comes.
  const known = response.headers.get('content-type') === 'application/wasm';
  return known ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/**
 * The text of a file; of one that the page has in itself, without asking for it.
 * @param {string} path from the directory of the assets, one above this script
 */
export async function read(path) {
  const inside = globalThis.document?.querySelector(`script[data-file="${path}"]`);
  return inside?.textContent ?? (await loaded(path)).text();
}

/** @param {string} path */
async function loaded(path) {
  const response = await fetch(new URL(`../${path}`, import.meta.url));
  if (!response.ok) throw new Error(`status ${response.status}`);
  // Some hosts answer with a page where a file is missing.
  if (response.headers.get('content-type')?.startsWith('text/html')) throw new Error(`the server answered ${path} with an HTML page`);
  return response;
}
