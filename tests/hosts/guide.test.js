// The sizes of the integrations in docs/EMBEDDING.md.

import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { test } from 'node:test';

test('the guide says the size of each integration, within a tenth', async () => {
  const guide = await readFile(new URL('../../docs/EMBEDDING.md', import.meta.url), 'utf8');
  const rows = [...guide.matchAll(/^\| .* \| `(\w+\/\w+\.\w+)` \| ([\d ]+) \|/gm)];
  assert.equal(rows.length, 8);
  for (const [, file = '', bytes = ''] of rows) {
    const { size } = await stat(new URL(`../../integrations/${file}`, import.meta.url));
    const said = Number(bytes.replace(' ', ''));
    assert.ok(Math.abs(said - size) <= size / 10, `${file} has ${size} bytes, not ${said}`);
  }
});
