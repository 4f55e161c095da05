// The sketches in Python of the notes do what the notes say. A file in `notes/` is a program around a sketch: a comment shows
// where the sketch goes, which of its lines, and what a word in it is in the program: `# sketch line 2, 10 is n`.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EXERCISES, file, python, rust } from './support.js';
import { expected, verdicts } from './verdicts.js';

const FOLDER = fileURLToPath(new URL('notes', import.meta.url));
const PLACE = /^( *)# sketch(?: line (\d+))?(?:, (\S+) is (\S+))?$/m;

const [py, rs] = await Promise.all([python(), rust()]);
const files = await readdir(FOLDER);

for (const { slug } of EXERCISES) {
  const sketches = [...(await file(slug, 'prose.md')).matchAll(/^```python\n(.*?)^```$/gms)].map(([, sketch]) => sketch ?? '');
  const names = files.filter((name) => name === `${slug}.py` || name.startsWith(`${slug}-`));
  const check = await verdicts(py, rs, slug);

  test(`${slug}: the notes have one sketch, and it has a program around it`, () => {
    assert.equal(sketches.length, 1);
    assert.ok(names.length > 0);
  });

  for (const name of names) {
    const program = filled(await readFile(`${FOLDER}/${name}`, 'utf8'), sketches[0] ?? '');
    test(`${slug}: the sketch in ${name} ${expected(program).line}`, () => check(program));
  }
}

/**
 * The program with the sketch in its place.
 * @param {string} program
 * @param {string} sketch
 */
function filled(program, sketch) {
  const place = PLACE.exec(program);
  assert.ok(place !== null, 'the program has no place for the sketch');
  const [comment, indent = '', line, word, meaning = ''] = place;
  const lines = sketch.trimEnd().split('\n');
  const chosen = line === undefined ? lines : [lines[Number(line) - 1] ?? ''];
  const text = chosen.map((one) => (one === '' ? '' : indent + one)).join('\n');
  assert.ok(word === undefined || text.includes(word), `the sketch has no ${word}`);
  return program.replace(comment, () => (word === undefined ? text : text.replaceAll(word, meaning)));
}
