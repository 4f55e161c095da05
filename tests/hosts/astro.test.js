// Astro, whose pages are static and whose router swaps the body: `transition:persist` keeps an element with its run.
//
// It is the newest release for Node.js 20; later ones need Node.js 22.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { MOVING } from '../page/support/browser.js';
import { followsTheme, keepsKeys, readsWithoutScripts, runs, served, withNpm } from './support.js';

/** @type {Awaited<ReturnType<typeof served>>} */
let site;
before(async () => {
  const { directory, tool } = await withNpm('astro');
  await tool('astro', 'build');
  site = await served(join(directory, 'dist'));
});
after(() => site?.close());

test('it reads without scripts', () => site.page('', readsWithoutScripts, { javaScriptEnabled: false }));

test('it runs, follows the theme and keeps its keys', () =>
  site.page('', async (page) => {
    await runs(page, 'ttl-cache');
    await keepsKeys(page);
    await followsTheme(page);
  }));

test('a run goes on over navigation where the element persists, and ends where it does not', () =>
  site.page(
    '',
    async (page) => {
      await page.locator('async-playground[data-state]').waitFor();
      const element = await page.evaluateHandle(() => document.querySelector('async-playground'));
      await page.evaluate(() => Object.assign(document.querySelector('async-playground') ?? {}, { speed: 'slow' }));
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.locator('async-playground[data-state="running"]').waitFor();
      await page.getByRole('link', { name: 'Same' }).click();
      await page.getByRole('heading', { name: 'Same' }).waitFor();
      assert.deepEqual(await page.evaluate((element) => [document.querySelector('async-playground') === element, element?.dataset.state], element), [true, 'running']);
      await page.getByRole('link', { name: 'Other' }).click();
      await page.getByRole('heading', { name: 'Other' }).waitFor();
      assert.deepEqual(await page.evaluate((element) => [element?.isConnected, element?.dataset.state], element), [false, 'stopped']);
      await runs(page, 'health-check');
    },
    MOVING,
  ));
