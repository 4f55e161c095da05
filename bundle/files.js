// Stands in the place of www/api/files.js in the npm package and in the one file, where there is nothing to fetch: every
// file is inside a script. So it works in any bundler, under any address, in Node.js and from a disk.
//
// `modules` is made when it is built: for each wasm module its glue, as a function that makes another one, and its
// bytes, in gzip so that base64 does not make them larger than they were.

/** @typedef {import('../www/api/files.js').Glue} Glue */

/**
 * @param {string} stem
 * @param {number} _attempt
 * @param {WebAssembly.Module | null} compiled
 * @returns {Promise<import('../www/api/files.js').Parts>}
 */
export async function parts(stem, _attempt, compiled) {
  /** @type {{packed: Uint8Array<ArrayBuffer>, create: () => Glue, address: string}} */
  const { packed, create, address } = await import(`../modules/${stem}.js`);
  const unpacked = () => new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  return { create, module: compiled ?? (await WebAssembly.compile(await unpacked())), address };
}

/**
 * @param {string} path
 * @returns {Promise<string>}
 */
export async function read(path) {
  const [directory, name] = path.split('/');
  const file = directory === 'style' ? import(`../style/${name}`) : import(`../exercises/${name}`);
  return (await file).default;
}
