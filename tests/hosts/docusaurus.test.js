// Docusaurus 3: the directive and the React component, under a base path and in two languages.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { followsTheme, hasRun, keepsKeys, readsWithoutScripts, runs, served, withNpm } from './support.js';

/** @type {Awaited<ReturnType<typeof served>>} */
let site;
let directory = '';
before(async () => {
  const host = await withNpm('docusaurus');
  directory = host.directory;
  await host.tool('docusaurus', 'build');
  site = await served(join(directory, 'build'));
});
after(() => site?.close());

test('the directive shows statement, picture and output without scripts, in each language', async () => {
  for (const path of ['', 'de/']) await site.page(path, readsWithoutScripts, { javaScriptEnabled: false });
});

test('it runs, follows the theme toggle and keeps its keys', () =>
  site.page('', async (page) => {
    await hasRun(page, 'ttl-cache');
    await runs(page, 'ttl-cache');
    await keepsKeys(page);
    await followsTheme(page);
  }));

test('it runs again after going on and back, and the component hears its verdict', () =>
  site.page('', async (page) => {
    await hasRun(page, 'ttl-cache');
    await page.getByRole('link', { name: 'Next', exact: true }).first().click();
    await runs(page, 'health-check');
    assert.equal(await page.title(), 'heard');
    await page.goBack();
    await hasRun(page, 'ttl-cache');
  }));

test('the component shows statement, picture and output without scripts', () => site.page('next/', readsWithoutScripts, { javaScriptEnabled: false }));

test('a wrong name fails the build, at its place', async () => {
  const { default: playground } = await import(pathToFileURL(join(directory, 'node_modules/async-playground/docusaurus/index.js')).href);
  const directive = { type: 'leafDirective', name: 'playground', attributes: { exercise: 'ttl-cash' } };
  const fail = (/** @type {Error} */ error, /** @type {object} */ at) => {
    assert.equal(at, directive);
    throw error;
  };
  assert.throws(() => playground()({ children: [directive] }, { fail }), /exercise must be one of .*, not ttl-cash/);
});
