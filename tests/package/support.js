// A fresh project with the packed playground and its Python in it, as npm installs them from files.

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
  const { TARBALL: tarball, TARBALL_PYTHON: python } = process.env;
  assert.ok(tarball && python, 'TARBALL and TARBALL_PYTHON must be the paths of the packages: `cargo xtask test package` sets them');
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
  await call('npm', 'install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', tarball, python);
  // As its README says: bundlers do not serve what is in node_modules.
  await cp(join(directory, 'node_modules/async-playground-python'), join(directory, 'public/async-playground-python'), { recursive: true });
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
