// VitePress without a theme file: the element in Markdown, hydrated and after navigation, also on pages with scripts.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { keepsKeys, looks, readsWithoutScripts, runs, served, withNpm } from './support.js';

test('VitePress: it reads without scripts, hydrates, runs, follows the theme, and is heard after navigation; a wrong name fails the build', async () => {
  const { directory, tool } = await withNpm('vitepress');
  await tool('vitepress', 'build', 'docs');
  const site = await served(join(directory, 'docs/.vitepress/dist'));
  try {
    for (const path of ['', 'plain.html']) await site.page(path, readsWithoutScripts, { javaScriptEnabled: false });
    await site.page('plain.html', (page) => runs(page, 'request-timeout'));
    await site.page('', async (page) => {
      await runs(page, 'ttl-cache');
      await keepsKeys(page);
      await looks(page, 'light');
      await page.evaluate(() => document.documentElement.classList.add('dark'));
      await looks(page, 'dark');
      await page.locator('main').getByRole('link', { name: 'Next', exact: true }).click();
      await runs(page, 'health-check');
      await page.waitForFunction(() => document.title === 'heard');
    });
  } finally {
    await site.close();
  }
  const index = join(directory, 'docs/index.md');
  await writeFile(index, (await readFile(index, 'utf8')).replace('ttl-cache', 'ttl-cash'));
  await assert.rejects(tool('vitepress', 'build', 'docs'), /exercise must be one of .*, not ttl-cash/);
});
