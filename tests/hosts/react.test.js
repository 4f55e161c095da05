// React 18 and 19 with a server render by Vite, and the types of five frameworks.

import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { call, followsTheme, hasRun, keepsKeys, readsWithoutScripts, served, withNpm } from './support.js';

for (const name of ['react', 'react-18']) {
  test(`${name}: a server render reads without scripts, hydrates, runs, and hears the verdict`, async () => {
    const { directory, tool } = await withNpm(name, 'react');
    await tool('tsc');
    await tool('vite', 'build', '--base', './', '--outDir', 'dist/client');
    await tool('vite', 'build', '--ssr', 'src/server.tsx', '--outDir', 'dist/server');
    const { html, wrong } = await import(pathToFileURL(join(directory, 'dist/server/server.js')).href);
    assert.match(html, /<async-playground [^>]*exercise="ttl-cache"/);
    assert.throws(wrong, /exercise must be one of .*, not ttl-cash/);
    const scripts = join(directory, 'dist/client/assets');
    for (const script of await readdir(scripts)) assert.doesNotMatch(await readFile(join(scripts, script), 'utf8'), /<strong>Situation/, 'browsers load no static content');
    const index = join(directory, 'dist/client/index.html');
    await writeFile(index, (await readFile(index, 'utf8')).replace('<!--html-->', () => html));
    const site = await served(join(directory, 'dist/client'));
    try {
      await site.page('', readsWithoutScripts, { javaScriptEnabled: false });
      await site.page('', async (page) => {
        await hasRun(page, 'ttl-cache');
        await page.locator('#verdict', { hasText: 'passed' }).waitFor();
        const set = await page.locator('async-playground').evaluate((element) => [element.getAttribute('settings'), element.className, element.hasAttribute('compact')]);
        assert.deepEqual(set, ['callers=8', 'wide', false]);
        await keepsKeys(page);
        await followsTheme(page);
      });
    } finally {
      await site.close();
    }
  });
}

test('Preact, Solid, Vue and Svelte know the element and its options', async () => {
  const { directory, tool } = await withNpm('react');
  const frameworks = join(directory, 'frameworks');
  await call(frameworks, join(directory, 'node_modules/.bin/tsc'), ['-p', '.']);
  const refused = async (/** @type {Promise<string>} */ check, /** @type {RegExp} */ file) => {
    const error = await check.then(() => assert.fail('nothing is refused'), (error) => error);
    assert.match(error.message, file);
    assert.doesNotMatch(error.message, /Right\./);
  };
  await refused(tool('vue-tsc', '-p', 'frameworks'), /Wrong\.vue(.|\n)*WrongComponent\.vue/);
  await refused(tool('svelte-check', '--workspace', 'frameworks', '--output', 'machine'), /Wrong\.svelte/);
});
