// The sizes of the integrations in docs/EMBEDDING.md.

import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { test } from 'node:test';

test('the guide says the size of each integration', async () => {
  const guide = await readFile(new URL('../../docs/EMBEDDING.md', import.meta.url), 'utf8');
  const rows = [...guide.matchAll(/^\| .* \| `(\w+\/\w+\.\w+)` \| ([\d ]+) \|/gm)];
  const said = Object.fromEntries(rows.map(([, file = '', bytes = '']) => [file, Number(bytes.replace(' ', ''))]));
  const sizes = await Promise.all(Object.keys(said).map(async (file) => [file, (await stat(new URL(`../../integrations/${file}`, import.meta.url))).size]));
  assert.deepEqual(said, Object.fromEntries(sizes));
  assert.equal(rows.length, 6);
});
