// The packed playground in a project of somebody else: bundled, served plainly, and in Node.js.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { playground, openServed, opened } from '../page/support/browser.js';
import { EXERCISES, wrongWith } from '../page/support/exercises.js';
import { native } from '../page/support/native.js';
import { freshProject } from './support.js';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Awaited<ReturnType<typeof freshProject>>} */
let project;
before(async () => {
  project = await freshProject();
});
after(() => project.remove());

/** @param {Page} page */
async function theElementRuns(page) {
  const on = await playground(page);
  for (const clock of /** @type {const} */ (['Simulated', 'Real time'])) {
    await on.clock(clock);
    await on.run.click();
    await on.until('watched');
  }
  await page.locator('playground-picture .axis').first().waitFor();
}

/** @param {Page} page */
async function theLessonRuns(page) {
  await page.waitForFunction(() => document.querySelector('output')?.value !== '');
  const said = await page.locator('output').innerText();
  assert.equal(said, `${EXERCISES.map(() => 'passed').join(' ')} unknown-exercise true passed`);
  await theElementRuns(page);
}

test('tsc and vite build pass, and what they make runs in a browser, under the strict policy', async () => {
  await project.tool('tsc');
  const { stdout, stderr } = await project.tool('vite', 'build', '--base', './');
  assert.doesNotMatch(stdout + stderr, /warn/i);
  const built = await openServed(join(project.directory, 'dist'));
  try {
    await built.page('', theLessonRuns);
  } finally {
    await built.close();
  }
});

test("vite's own server runs it too", async () => {
  const vite = await import(pathToFileURL(createRequire(join(project.directory, 'x.js')).resolve('vite')).href);
  const server = await vite.createServer({ root: project.directory, logLevel: 'warn', server: { host: '127.0.0.1', port: 0 } });
  await server.listen();
  const served = await opened(server.resolvedUrls.local[0], () => server.close());
  try {
    await served.page('', theLessonRuns);
  } finally {
    await served.close();
  }
});

test('without a bundler it runs from where npm has put it, under the strict policy', async () => {
  const served = await openServed(project.directory);
  try {
    await served.page('plain.html', theElementRuns);
  } finally {
    await served.close();
  }
});

test('without the package for Python that is said, and with it the reader writes a program of their own', async () => {
  const served = await openServed(project.directory);
  try {
    await served.page('plain.html', async (page) => {
      const on = await playground(page);
      const without = await page.evaluate(async () => {
        const address = new URL('node_modules/async-playground/playground.js', location.href).href;
        const { run } = await import(address);
        return run('ttl-cache', { program: 'answer' }).catch((/** @type {Error} */ error) => error.message);
      });
      assert.match(without, /package async-playground-python/);
      await page.evaluate(async () => {
        const address = new URL('node_modules/async-playground/python-at.js', location.href).href;
        const { pythonAt } = await import(address);
        try {
          pythonAt('http://');
        } catch (error) {
          if (/** @type {{code?: string}} */ (error).code !== 'bad-value') throw error;
        }
        pythonAt('node_modules/async-playground-python');
      });
      await on.host.getByRole('button', { name: 'Write it yourself in Python' }).click();
      await on.host.locator('.cm-editor').waitFor();
      await on.run.click();
      await on.until('broken');
    });
  } finally {
    await served.close();
  }
});

test('in Node.js the traces are those of native runs, and runs in real time pass', async () => {
  const { stdout } = await project.call(process.execPath, 'traces.js');
  const { traces, real } = JSON.parse(stdout);
  assert.deepEqual(Object.keys(traces), EXERCISES.map(({ slug }) => slug));
  for (const { slug } of EXERCISES) assert.deepEqual(traces[slug], await native(slug), slug);
  for (const { slug, verdict, rows } of real) {
    assert.equal(verdict, 'passed', slug);
    const lines = rows.flatMap((/** @type {{actual: string | null}} */ { actual }) => (actual === null ? [] : [actual]));
    assert.equal(wrongWith(slug, lines, { real: true }), null);
  }
});

test('publint and are-the-types-wrong find nothing', async () => {
  const lint = await project.tool('publint', 'run', 'node_modules/async-playground', '--strict');
  assert.match(lint.stdout, /All good/);
  await project.tool('attw', project.tarball, '--profile', 'esm-only');
});

test('nothing is run when it is installed, and all that it should have is there', async () => {
  const installed = join(project.directory, 'node_modules/async-playground');
  const { default: manifest } = await import(pathToFileURL(join(installed, 'package.json')).href, { with: { type: 'json' } });
  assert.equal(manifest.scripts, undefined);
  assert.equal(manifest.dependencies, undefined);
  const { stdout } = await project.call('tar', '-tzf', project.tarball);
  const files = stdout.trim().split('\n');
  for (const file of ['playground.js', 'playground.d.ts', 'README.md', 'LICENSE-MIT', 'LICENSE-APACHE']) {
    assert.ok(files.includes(`package/${file}`), `${file} is packed`);
  }
});
