// The states of a playground, and what it says without a run; verdict.js has what is said of a run.

import { sentence } from './text.js';

/**
 * `passed` is for the reader's own program alone; `watched` for a correct one, and where a mistake does not show.
 * @typedef {'before' | 'running' | 'passed' | 'watched' | 'broken' | 'mistake-shown' | 'stopped' | 'stuck' | 'error'} State
 */

export const BEFORE = 'Press Run to watch.';

/** @param {unknown} error */
export function errorText(error) {
  return sentence(error instanceof Error ? error.message : String(error));
}
