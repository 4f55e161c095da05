// Code in the fragment of an address, which no server sees: deflated, in the letters of base64 that need no escape.

import { PlaygroundError } from '../api/errors.js';

const NAME = '#code=';
/** No longer program is run, as program.py says, in characters. A few letters may unpack to very many, so reading stops here. */
export const LONGEST = 100_000;

/** Whether an address has code. @param {string} hash */
export function hasCode(hash) {
  return hash.startsWith(NAME);
}

/** @param {string} code */
export async function toHash(code) {
  if (code.length > LONGEST) throw new PlaygroundError('bad-value', `the program has ${code.length} characters, and a link takes at most ${LONGEST}`);
  const packed = new Blob([code]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
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
    const texts = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).pipeThrough(new TextDecoderStream('utf-8', { fatal: true }));
    return await upTo(LONGEST, texts.getReader());
  } catch {
    return null;
  }
}

/**
 * The whole text, or null if it is longer than allowed: then the rest is not even unpacked.
 * @param {number} most
 * @param {ReadableStreamDefaultReader<string>} reader
 */
async function upTo(most, reader) {
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
    if (text.length <= most) continue;
    await reader.cancel();
    return null;
  }
}
