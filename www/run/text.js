// Numbers and clauses as readers see them.

/**
 * Milliseconds as a reader wants them: whole when they are, else to a tenth.
 * @param {number} ms
 */
export function milliseconds(ms) {
  return Number.isInteger(ms) ? String(ms) : ms.toFixed(1);
}

/**
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * A text with a capital first and a full stop last.
 * @param {string | null | undefined} text
 */
export function sentence(text) {
  const trimmed = (text ?? '').trim();
  const stop = /[.!?:]$/.test(trimmed) ? '' : '.';
  return trimmed === '' ? '' : `${capital(trimmed)}${stop}`;
}

/**
 * A text with a capital first, unless it begins with a name of a program, such as `get_user`.
 * @param {string} text
 */
export function capital(text) {
  return /^\S*[_(]/.test(text) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
