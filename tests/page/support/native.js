// The same run without a browser: what it must give.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The trace of a default run.
 * @param {string} slug
 * @param {number | null} [seed]
 * @returns {Promise<unknown[]>}
 */
export async function native(slug, seed = null) {
  const command = ['xtask', 'run', slug, '--trace', ...(seed === null ? [] : ['--seed', String(seed)])];
  // A run that fails says so by its status; its trace counts all the same.
  const { stdout } = await promisify(execFile)('cargo', command, { cwd: ROOT, maxBuffer: 1 << 28 }).catch((error) => {
    if (error.code === 1) return error;
    throw error;
  });
  return stdout.split('\n').filter((/** @type {string} */ line) => line !== '').map((/** @type {string} */ line) => JSON.parse(line));
}
