// The sizes of the integrations in docs/EMBEDDING.md.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';

const at = (/** @type {string} */ path) => new URL(`../../${path}`, import.meta.url);

/** The size of the scripts in a folder of `integrations`. @param {string} folder */
async function sizeOf(folder) {
  const scripts = (await readdir(at(`integrations/${folder}`))).filter((file) => !file.endsWith('.d.ts'));
  const texts = await Promise.all(scripts.map((file) => readFile(at(`integrations/${folder}/${file}`))));
  return texts.reduce((sum, text) => sum + text.length, 0);
}

test('the guide says the size of each integration, within a tenth', async () => {
  const guide = await readFile(at('docs/EMBEDDING.md'), 'utf8');
  const rows = [...guide.matchAll(/^\| .* \| ((?:`\w+`(?:, )?)+) \| ([\d ]+) \|/gm)];
  assert.equal(rows.length, 9);
  for (const [, folders = '', bytes = ''] of rows) {
    const sizes = await Promise.all((folders.match(/\w+/g) ?? []).map(sizeOf));
    const [said, size] = [Number(bytes.replace(' ', '')), sizes.reduce((sum, size) => sum + size)];
    assert.ok(Math.abs(said - size) <= size / 10, `${folders} has ${size} bytes, not ${said}`);
  }
});
