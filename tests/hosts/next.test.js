// Next.js with the App Router: the tag in MDX, in a server component and in a client component, under a base path.
//
// It is the newest release; React is that of the other hosts.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { opened } from '../page/support/browser.js';
import { answers, followsTheme, freePort, keepsKeys, readsWithoutScripts, runs, withNpm } from './support.js';

/** @type {Awaited<ReturnType<typeof opened>>} */
let site;
before(async () => {
  const { directory, tool } = await withNpm('next');
  // Checks the types as well.
  await tool('next', 'build');
  const port = await freePort();
  const server = spawn(process.execPath, [join(directory, 'node_modules/next/dist/bin/next'), 'start', '--hostname', '127.0.0.1', '--port', String(port)], { cwd: directory, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/some/prefix/`;
  site = await opened(url, async () => {
    server.kill();
    await once(server, 'exit');
  });
  await answers(url);
});
after(() => site?.close());

test('pages rendered by the build and for a request read without scripts', async () => {
  for (const path of ['', 'deep/', 'plain/']) await site.page(path, readsWithoutScripts, { javaScriptEnabled: false });
});

test('it hydrates, runs, follows the theme and keeps its keys', () =>
  site.page('', async (page) => {
    await runs(page, 'ttl-cache');
    await keepsKeys(page);
    await followsTheme(page);
  }));

test('after navigation in the browser a client component hears its verdict, going back shows the first again, and a server component runs', () =>
  site.page('', async (page) => {
    await page.getByRole('link', { name: 'Next', exact: true }).click();
    await runs(page, 'health-check');
    await page.locator('#verdict', { hasText: 'passed' }).waitFor();
    await page.goBack();
    await runs(page, 'ttl-cache');
    await page.getByRole('link', { name: 'Plain', exact: true }).click();
    await runs(page, 'request-timeout');
  }));
