// VitePress: the Vue component in Markdown, hydrated and after navigation.

import { join } from 'node:path';
import { test } from 'node:test';

import { keepsKeys, looks, readsWithoutScripts, runs, served, withNpm } from './support.js';

test('VitePress: it reads without scripts, hydrates, runs, follows the theme, and runs after navigation', async () => {
  const { directory, tool } = await withNpm('vitepress');
  await tool('vitepress', 'build', 'docs');
  const site = await served(join(directory, 'docs/.vitepress/dist'));
  try {
    await site.page('', readsWithoutScripts, { javaScriptEnabled: false });
    await site.page('', async (page) => {
      await runs(page, 'ttl-cache');
      await keepsKeys(page);
      await looks(page, 'light');
      await page.evaluate(() => document.documentElement.classList.add('dark'));
      await looks(page, 'dark');
      await page.locator('main').getByRole('link', { name: 'Next', exact: true }).click();
      await runs(page, 'health-check');
    });
  } finally {
    await site.close();
  }
});
