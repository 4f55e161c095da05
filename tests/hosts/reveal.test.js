// reveal.js: the element on a slide, in its middle. Keys that are pressed in it change no slide, and they do again outside of it.

import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { DIST } from '../page/support/browser.js';
import { keepsKeys, looks, runs, served, withNpm } from './support.js';

test('reveal.js: it runs on a slide, is as dark as the deck, and its keys change no slide', async () => {
  const { directory } = await withNpm('reveal');
  await cp(join(directory, 'node_modules/reveal.js/dist'), join(directory, 'reveal'), { recursive: true });
  await cp(DIST, join(directory, 'playground'), { recursive: true });
  const site = await served(directory);
  try {
    await site.page('#/1', async (page) => {
      await runs(page, 'ttl-cache');
      await looks(page, 'dark');
      await page.waitForFunction(() => {
        const { top = 0, bottom = 0 } = document.querySelector('async-playground')?.getBoundingClientRect() ?? {};
        return Math.abs(top - (innerHeight - bottom)) < 40;
      });
      await keepsKeys(page);
      const run = page.getByRole('button', { name: 'Run', exact: true });
      for (const key of ['PageDown', 'n', 'p', 'End', 'o', 'f', 'v']) await run.press(key);
      assert.equal(new URL(page.url()).hash, '#/1');
      await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
      await page.keyboard.press('ArrowRight');
      await page.getByRole('heading', { name: 'Next' }).waitFor();
      assert.equal(new URL(page.url()).hash, '#/2');
    });
  } finally {
    await site.close();
  }
});
