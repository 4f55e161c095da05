// Packs the standard library and the package `playground` for the page: `node python.js DIRECTORY`.
//
// DIRECTORY gets `library.zip` and `playground.zip`.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { loadPyodide } from 'pyodide';

const PACKAGE = new URL('../../../python/playground/', import.meta.url);
const [, , directory = '.'] = argv;

// The order of a set, which depends on this seed, can be part of a compiled module.
const pyodide = await loadPyodide({ env: { PYTHONHASHSEED: '0' } });
pyodide.FS.mkdirTree('/source/playground');
for (const name of readdirSync(PACKAGE).filter((name) => name.endsWith('.py'))) {
  pyodide.FS.writeFile(`/source/playground/${name}`, readFileSync(new URL(name, PACKAGE)));
}
pyodide.FS.writeFile('/source/pack.py', readFileSync(new URL('pack.py', import.meta.url)));
pyodide.runPython('import sys; sys.path.insert(0, "/source")');
const pack = pyodide.pyimport('pack');
write('library.zip', pack.library());
write('playground.zip', pack.package('/source/playground', '/lib/playground.zip'));

/**
 * @param {string} name
 * @param {import('pyodide/ffi').PyProxy} bytes
 */
function write(name, bytes) {
  writeFileSync(join(directory, name), bytes.toJs());
}
