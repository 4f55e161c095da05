// A fresh project with the packed playground in it, as npm installs it from a file.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const TEMPLATE = fileURLToPath(new URL('vite', import.meta.url));

/** Makes the project in a directory of its own; `remove` takes it away again. */
export async function freshProject() {
  const tarball = process.env.TARBALL;
  assert.ok(tarball, 'TARBALL must be the path of the package: `cargo xtask test package` sets it');
  const directory = await mkdtemp(join(tmpdir(), 'async-playground-project-'));
  /**
   * Runs a command in the project.
   * @param {string} command
   * @param {...string} words
   */
  const call = async (command, ...words) => {
    const done = promisify(execFile)(command, words, { cwd: directory, maxBuffer: 1 << 28 });
    return done.catch(({ stdout, stderr, message }) => assert.fail(`${message}\n${stdout}\n${stderr}`));
  };
  await cp(TEMPLATE, directory, { recursive: true });
  await call('npm', 'ci', '--no-audit', '--no-fund');
  await call('npm', 'install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', tarball);
  return {
    directory,
    tarball,
    call,
    /**
     * A tool that the project has installed.
     * @param {string} name
     * @param {...string} words
     */
    tool: (name, ...words) => call(process.execPath, join(directory, 'node_modules/.bin', name), ...words),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
