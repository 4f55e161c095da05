// Sites of others with the playground in them: installed once at pinned versions, built for production, and served.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { DIST, openServed } from '../page/support/browser.js';

const TEMPLATES = dirname(fileURLToPath(import.meta.url));
const { TARBALL = '', HOSTS = '', HOSTS_PYTHON = '' } = process.env;
assert.ok(TARBALL && HOSTS && HOSTS_PYTHON, 'run `cargo xtask test hosts`, which sets the environment');

/** @typedef {import('playwright-core').Page} Page */

/**
 * Runs a command in a directory.
 * @param {string} directory
 * @param {string} command
 * @param {string[]} words
 * @param {Record<string, string>} [environment]
 */
export async function call(directory, command, words, environment = {}) {
  const done = promisify(execFile)(command, words, { cwd: directory, maxBuffer: 1 << 28, env: { ...process.env, ...environment } });
  const { stdout, stderr } = await done.catch(({ stdout, stderr, message }) => assert.fail(`${message}\n${stdout}\n${stderr}`));
  return stdout + stderr;
}

/**
 * Copies the template of a host into a directory of its own, with what its lock file names and the packed playground.
 * @param {string} name
 * @param {string} [onto] another template, whose sources it uses
 */
export async function withNpm(name, onto) {
  const directory = join(HOSTS, name);
  const lock = await readFile(join(TEMPLATES, name, 'package-lock.json'), 'utf8');
  const installed = join(directory, 'node_modules/.lock');
  const fresh = existsSync(installed) && (await readFile(installed, 'utf8')) === lock;
  await mkdir(directory, { recursive: true });
  // What another version of the template has left.
  for (const name of await readdir(directory)) if (name !== 'node_modules') await rm(join(directory, name), { recursive: true, force: true });
  for (const template of onto ? [onto, name] : [name]) {
    await cp(join(TEMPLATES, template), directory, { recursive: true, filter: (from) => !from.includes('node_modules') });
  }
  if (!fresh) {
    await call(directory, 'npm', ['ci', '--no-audit', '--no-fund']);
    await writeFile(installed, lock);
  }
  const playground = join(directory, 'node_modules/async-playground');
  await rm(playground, { recursive: true, force: true });
  await mkdir(playground);
  await call(directory, 'tar', ['-xzf', TARBALL, '-C', playground, '--strip-components=1']);
  // Tools keep what they have made of a package until its version changes.
  const [manifest, hash] = [join(playground, 'package.json'), createHash('sha256').update(await readFile(TARBALL)).digest('hex')];
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(/("version": "[^"]*)/, `$1-${hash}`));
  return { directory, tool: (/** @type {string} */ tool, /** @type {string[]} */ ...words) => call(directory, join(directory, 'node_modules/.bin', tool), words) };
}

/** Copies the template of a host into a directory of its own. @param {string} name */
export async function template(name) {
  const directory = join(HOSTS, name);
  await rm(directory, { recursive: true, force: true });
  await cp(join(TEMPLATES, name), directory, { recursive: true });
  return directory;
}

/**
 * Copies the template of a host that Python builds, with its integration as a site owner copies it.
 * @param {string} name
 * @param {string} playground where the files of the playground go
 */
export async function withPython(name, playground) {
  const directory = await template(name);
  await cp(join(DIST, 'integrations', name, 'async_playground.py'), join(directory, 'async_playground.py'));
  await cp(join(DIST, 'integrations/fragments.json'), join(directory, 'fragments.json'));
  await cp(DIST, join(directory, playground), { recursive: true, filter: (from) => !/\.(br|gz)$/.test(from) });
  return { directory, tool: (/** @type {string} */ tool, /** @type {string[]} */ words, /** @type {Record<string, string>} */ environment = {}) => call(directory, join(HOSTS_PYTHON, tool), words, environment) };
}

/** Serves a site without a policy. @param {string} directory */
export const served = (directory) => openServed(directory, {});

/** A port that is free now. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Waits until a server answers. @param {string} url */
export async function answers(url) {
  for (let round = 0; round < 200 && !(await fetch(url).then(() => true, () => false)); round += 1) await sleep(100);
}

/** Shows that a page without scripts has statement, picture and expected output. @param {Page} page */
export async function readsWithoutScripts(page) {
  const element = page.locator('async-playground').first();
  await element.getByText('Situation').waitFor();
  await element.getByText('Expected output').waitFor();
  const picture = element.locator('img');
  assert.ok(await picture.evaluate((image) => /** @type {HTMLImageElement} */ (image).naturalWidth > 100), 'the picture is drawn');
  assert.match(await element.locator('pre').innerText(), /\w/);
}

const OVER = ':is([data-state="passed"], [data-state="watched"])';

/** Runs the first playground of a page or frame. @param {Pick<Page, 'locator'>} page @param {string} slug */
export async function runs(page, slug) {
  const element = page.locator(`async-playground[exercise="${slug}"]`);
  await page.locator(`async-playground[exercise="${slug}"][data-state]`).waitFor();
  await element.getByRole('button', { name: 'Run', exact: true }).click();
  await page.locator(`async-playground[exercise="${slug}"]${OVER}`).waitFor();
}

/** Waits until the element has run by itself. @param {Page} page @param {string} slug */
export const hasRun = (page, slug) => page.locator(`async-playground[exercise="${slug}"]${OVER}`).waitFor();

/** Waits until the element is light or dark. @param {Page} page @param {'light' | 'dark'} theme */
export function looks(page, theme) {
  return page.waitForFunction((theme) => {
    const surface = document.querySelector('async-playground')?.shadowRoot?.querySelector('.playground');
    if (!surface) return false;
    const [red = 0] = (getComputedStyle(surface).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    return (red < 128 ? 'dark' : 'light') === theme;
  }, theme);
}

/**
 * The playground follows a page that says its theme by `data-theme`, as many do.
 * @param {import('playwright-core').Page} page
 */
export async function followsTheme(page) {
  await looks(page, 'light');
  await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'dark'));
  await looks(page, 'dark');
}

/**
 * Presses keys that sites have a use for, inside the element, and shows that the page stays as it is.
 * @param {Page} page
 */
export async function keepsKeys(page) {
  const address = page.url();
  await page.evaluate(() => {
    Object.assign(globalThis, { leaked: [] });
    addEventListener('keydown', ({ key }) => void (/** @type {any} */ (globalThis).leaked.push(key)));
  });
  const element = page.locator('async-playground').first();
  const run = element.getByRole('button', { name: 'Run', exact: true });
  for (const key of ['ArrowLeft', 'ArrowRight', 's', '/', 'b']) await run.press(key);
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).leaked), []);
  assert.equal(page.url(), address);
}
