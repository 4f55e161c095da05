// Programs as learners write them, right ones and wrong ones, get the verdict that their first line names.

import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EXERCISES, python, rust } from './support.js';
import { expected, verdicts } from './verdicts.js';

const [py, rs] = await Promise.all([python(), rust()]);

for (const { slug } of EXERCISES) {
  const folder = fileURLToPath(new URL(`programs/${slug}`, import.meta.url));
  const check = await verdicts(py, rs, slug);
  for (const name of await readdir(folder)) {
    const program = await readFile(`${folder}/${name}`, 'utf8');
    test(`${slug}/${name} ${expected(program).line}`, () => check(program));
  }
}
