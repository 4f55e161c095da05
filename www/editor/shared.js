// Code in the fragment of an address, which no server sees: deflated, in the letters of base64 that need no escape.

const NAME = '#code=';
/** Longer code is not read. */
const LONGEST = 200_000;

/** Whether an address has code. @param {string} hash */
export function hasCode(hash) {
  return hash.startsWith(NAME);
}

/** @param {string} code */
export async function toHash(code) {
  const bytes = await through(new Blob([code]), new CompressionStream('deflate-raw')).then((found) => found.bytes());
  const letters = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return NAME + letters.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * @param {string} hash
 * @returns {Promise<string | null>} null for one that no code gives
 */
export async function fromHash(hash) {
  try {
    const letters = hash.slice(NAME.length).replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
    const text = await through(new Blob([bytes]), new DecompressionStream('deflate-raw')).then((found) => found.text());
    return text.length > LONGEST ? null : text;
  } catch {
    return null;
  }
}

/**
 * @param {Blob} blob
 * @param {CompressionStream | DecompressionStream} stream
 */
async function through(blob, stream) {
  const response = new Response(blob.stream().pipeThrough(/** @type {any} */ (stream)));
  return { text: () => response.text(), bytes: async () => new Uint8Array(await response.arrayBuffer()) };
}
