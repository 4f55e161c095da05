// Hugo, as the distribution has it: the shortcode, under a base path and in two languages.

import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { DIST } from '../page/support/browser.js';
import { call, keepsKeys, looks, readsWithoutScripts, runs, served, template } from './support.js';

const HUGO = ['/usr/bin/hugo', '/usr/local/bin/hugo', '/opt/homebrew/bin/hugo'].find((path) => existsSync(path));

test('Hugo: the shortcode reads without scripts, runs, and follows the theme, in each language, and a wrong name fails the build', { skip: HUGO === undefined && 'there is no hugo' }, async () => {
  const directory = await template('hugo');
  for (const folder of ['layouts/shortcodes', 'data', 'static']) await mkdir(join(directory, folder), { recursive: true });
  await cp(join(DIST, 'integrations/hugo/playground.html'), join(directory, 'layouts/shortcodes/playground.html'));
  await cp(join(DIST, 'integrations/fragments.json'), join(directory, 'data/playground.json'));
  await cp(DIST, join(directory, 'static/playground'), { recursive: true });
  await call(directory, HUGO ?? '', ['--quiet']);
  const site = await served(join(directory, 'public'));
  try {
    for (const path of ['', 'de/']) await site.page(path, readsWithoutScripts, { javaScriptEnabled: false });
    await site.page('', async (page) => {
      await runs(page, 'ttl-cache');
      await keepsKeys(page);
      await page.evaluate(() => document.documentElement.classList.add('dark'));
      await looks(page, 'dark');
      await page.getByRole('link', { name: 'Lektion' }).click();
      await runs(page, 'health-check');
    });
  } finally {
    await site.close();
  }
  const page = join(directory, 'content/_index.md');
  await writeFile(page, (await readFile(page, 'utf8')).replace('ttl-cache', 'ttl-cash'));
  await assert.rejects(call(directory, HUGO ?? '', []), /_index\.md.*no exercise "ttl-cash"/);
});
