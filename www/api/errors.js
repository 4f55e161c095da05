// The errors that leave this module: one class with a code, and the AbortError of the platform.
//
// Not for faults of a caller's own callbacks: those are reported, never wrapped.

/** @typedef {import('./playground.js').ErrorCode} ErrorCode */

export class PlaygroundError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    /** @type {'PlaygroundError'} */
    this.name = 'PlaygroundError';
    this.code = code;
  }
}

/**
 * What an aborted run or search rejects with, whatever reason the signal gives.
 * @param {'run' | 'search'} [what]
 */
export function abortError(what = 'run') {
  return new DOMException(`the ${what} was aborted`, 'AbortError');
}

/**
 * The wasm module throws plain `{code, message}` objects, so that it need not know this class.
 * @param {unknown} error
 * @returns {unknown}
 */
export function asPlaygroundError(error) {
  if (error instanceof Error || typeof error !== 'object' || error === null) return error;
  const { code, message } = /** @type {{code?: ErrorCode, message?: string}} */ (error);
  return code === undefined ? error : new PlaygroundError(code, String(message), { cause: error });
}

/**
 * Whether an error means that the wasm instance is dead: a trap, or a stack that ran over inside it.
 * @param {unknown} error
 */
export function isTrap(error) {
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return true;
  return error instanceof Error && error.name === 'InternalError';
}

/**
 * A text as a message quotes it: the beginning is enough to know it by.
 * @param {string} text
 */
export function quoted(text) {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/**
 * A short spelling of a value for messages.
 * @param {unknown} value
 */
export function kindOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  const kind = typeof value;
  return kind === 'undefined' ? 'undefined' : `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/**
 * Does work that may fail because an instance has trapped, which is reported elsewhere.
 * @param {() => void} work
 */
export function quietly(work) {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
  }
}
