// The texts of settings, read as the table for the wasm module and for the page says; without a browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { readSetting } from '../../www/run/settings.js';

/** @type {{kind: string, spec: object, text: string, value?: unknown, refusal?: string}[]} */
const CASES = JSON.parse(readFileSync(new URL('../settings.json', import.meta.url), 'utf8'));

test('every text of the table is read, or refused with what is allowed', () => {
  assert.deepEqual([...new Set(CASES.map(({ kind }) => kind))].sort(), ['bool', 'choice', 'int', 'ints', 'order']);
  for (const { kind, spec, text, value, refusal } of CASES) {
    const setting = /** @type {import('../../www/api/playground.js').Setting} */ ({ name: 'made', label: 'Made', kind, ...spec });
    assert.deepEqual(readSetting(setting, text), refusal === undefined ? { value } : { allowed: refusal }, `${kind} ${JSON.stringify(text)}`);
  }
});
