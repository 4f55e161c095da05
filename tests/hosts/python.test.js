// MkDocs with Material, and Sphinx with Furo, PyData and MyST: static files of the playground inside the site.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { keepsKeys, looks, readsWithoutScripts, runs, served, withPython } from './support.js';

test('MkDocs Material: the element reads without scripts, runs, follows the palette, and survives instant navigation; a wrong name fails the build', async () => {
  const { directory, tool } = await withPython('mkdocs', 'docs/playground');
  await tool('mkdocs', ['build', '--strict', '--quiet']);
  const site = await served(join(directory, 'site'));
  try {
    for (const path of ['', 'deep/next/']) await site.page(path, readsWithoutScripts, { javaScriptEnabled: false });
    await site.page('', async (page) => {
      await runs(page, 'ttl-cache');
      await keepsKeys(page);
      await looks(page, 'light');
      await page.locator('label[title="Dark"]').click();
      await looks(page, 'dark');
      await page.getByRole('link', { name: 'Next', exact: true }).first().click();
      await runs(page, 'health-check');
    });
  } finally {
    await site.close();
  }
  await misspell(join(directory, 'docs/index.md'));
  await assert.rejects(tool('mkdocs', ['build', '--strict', '--quiet']), /index\.md: exercise must be one of .*, not ttl-cash/);
});

/** @param {string} page */
const misspell = async (page) => writeFile(page, (await readFile(page, 'utf8')).replace('ttl-cache', 'ttl-cash'));

for (const theme of ['furo', 'pydata_sphinx_theme', 'alabaster']) {
  test(`Sphinx, ${theme}: the directive reads without scripts, runs, and keeps its keys, in reST and MyST`, async () => {
    const { directory, tool } = await withPython('sphinx', 'extra/playground');
    await tool('sphinx-build', ['-q', '-W', '-b', 'html', '.', '_build'], { THEME: theme });
    assert.doesNotMatch(await readFile(join(directory, '_build/deep/next.html'), 'utf8'), /<p>\s*<async-playground/, 'no block in a paragraph');
    const site = await served(join(directory, '_build'));
    try {
      for (const path of ['index.html', 'deep/next.html']) await site.page(path, readsWithoutScripts, { javaScriptEnabled: false });
      await site.page('index.html', async (page) => {
        await runs(page, 'ttl-cache');
        await keepsKeys(page);
        await looks(page, 'light');
        if (theme === 'alabaster') return;
        const on = theme === 'furo' ? 'body' : 'html';
        await page.evaluate((on) => document.querySelector(on)?.setAttribute('data-theme', 'dark'), on);
        await looks(page, 'dark');
      });
      await site.page('deep/next.html', async (page) => {
        await runs(page, 'health-check');
        const set = await page.locator('async-playground').first().evaluate((element) => [element.getAttribute('settings'), element.getAttribute('compact')]);
        assert.deepEqual(set, ['cache_ms=30', '']);
      });
    } finally {
      await site.close();
    }
  });
}

test('Sphinx: a wrong exercise, a wrong option, an open quotation and a role within text fail the build, at their line', async () => {
  const { directory, tool } = await withPython('sphinx', 'extra/playground');
  const page = join(directory, 'deep/next.md');
  const wrong = [
    ['{playground}`ttl-cash`', 'exercise must be one of .*, not ttl-cash'],
    ['{playground}`ttl-cache colour=red`', 'option must be one of program, .*, not colour'],
    ['{playground}`ttl-cache settings="callers=8`', 'No closing quotation'],
    ['Here: {playground}`ttl-cache`', 'the role playground must be alone in its paragraph'],
    ['```{playground} ttl-cash\n```', 'exercise must be one of .*, not ttl-cash'],
    ['```{playground} ttl-cache colour=red\n```', 'option must be one of program, .*, not colour'],
  ];
  for (const [text, message] of wrong) {
    await writeFile(page, `# Next\n\n${text}\n`);
    await assert.rejects(tool('sphinx-build', ['-q', '-W', '-b', 'dummy', '.', '_build']), new RegExp(`next\\.md:3: .*${message}`));
  }
});
