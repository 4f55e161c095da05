// Hugo, as the distribution has it: the shortcode, under a base path.

import { cp, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { DIST } from '../page/support/browser.js';
import { call, keepsKeys, looks, readsWithoutScripts, runs, served, template } from './support.js';

const HUGO = ['/usr/bin/hugo', '/usr/local/bin/hugo', '/opt/homebrew/bin/hugo'].find((path) => existsSync(path));

test('Hugo: the shortcode reads without scripts, runs, and follows the theme', { skip: HUGO === undefined && 'there is no hugo' }, async () => {
  const directory = await template('hugo');
  for (const folder of ['layouts/shortcodes', 'data', 'static']) await mkdir(join(directory, folder), { recursive: true });
  await cp(join(DIST, 'integrations/hugo/playground.html'), join(directory, 'layouts/shortcodes/playground.html'));
  await cp(join(DIST, 'integrations/fragments.json'), join(directory, 'data/playground.json'));
  await cp(DIST, join(directory, 'static/playground'), { recursive: true });
  await call(directory, HUGO ?? '', ['--quiet']);
  const site = await served(join(directory, 'public'));
  try {
    await site.page('', readsWithoutScripts, { javaScriptEnabled: false });
    await site.page('', async (page) => {
      await runs(page, 'ttl-cache');
      await keepsKeys(page);
      await page.evaluate(() => document.documentElement.classList.add('dark'));
      await looks(page, 'dark');
    });
  } finally {
    await site.close();
  }
});
