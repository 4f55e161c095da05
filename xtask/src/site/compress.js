// Compresses files: `node compress.js DIRECTORY`. Each file of the directory gets `NAME.br` and `NAME.gz` beside it.

import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** From this size on the last tenth is not worth its minute. */
const LARGE = 4 << 20;

const [, , directory = '.'] = argv;
const names = await readdir(directory);
// Node.js itself has a few threads for this.
await Promise.all(
  names.map(async (name) => {
    const path = join(directory, name);
    const bytes = await readFile(path);
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: bytes.length < LARGE ? 11 : 9,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    };
    await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
    await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
  }),
);
