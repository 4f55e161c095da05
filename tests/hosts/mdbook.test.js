// mdBook: the preprocessor, in chapters of two depths.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { call, keepsKeys, looks, readsWithoutScripts, runs, served, withPython } from './support.js';

const { MDBOOK = '' } = process.env;

test('mdBook: chapters read without scripts and run, keys stay in them, and a wrong name fails the build', async () => {
  const { directory } = await withPython('mdbook', 'src/playground');
  await call(directory, MDBOOK, ['build']);
  const site = await served(join(directory, 'book'));
  try {
    for (const path of ['lesson.html', 'deep/next.html']) await site.page(path, readsWithoutScripts, { javaScriptEnabled: false });
    await site.page('lesson.html', async (page) => {
      await runs(page, 'ttl-cache');
      await keepsKeys(page);
      await looks(page, 'light');
      await page.evaluate(() => localStorage.setItem('mdbook-theme', 'coal'));
      await page.reload();
      await looks(page, 'dark');
      await page.getByText('What happens when the first caller is cancelled?').click();
      await page.keyboard.press('ArrowRight');
      await page.waitForURL(/deep\/next\.html$/);
      await runs(page, 'health-check');
    });
  } finally {
    await site.close();
  }
  const chapter = join(directory, 'src/lesson.md');
  await writeFile(chapter, (await readFile(chapter, 'utf8')).replace('ttl-cache', 'ttl-cash'));
  await assert.rejects(call(directory, MDBOOK, ['build']), /lesson\.md: exercise must be one of .*, not ttl-cash/);
});
