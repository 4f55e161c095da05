// A file server for the built site: under a path prefix, with the policy that the site promises to work in.
//
// As plain as a static host: no rewriting, no compression, no knowledge of what it serves.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { LATE } from './late.js';

export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'";
const PREFIX = '/some/prefix/';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/**
 * Serves a directory on a free port of 127.0.0.1.
 * @param {string} directory
 * @param {Record<string, string>} [headers] with every answer
 * @returns {Promise<{url: string, close: () => Promise<void>}>} `url` ends with a slash
 */
export async function serve(directory, headers = { 'content-security-policy': POLICY }) {
  const server = createServer((request, response) => {
    void answer(directory, request.url ?? '', response, headers);
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}${PREFIX}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/**
 * @param {string} directory
 * @param {string} url
 * @param {import('node:http').ServerResponse} response
 * @param {Record<string, string>} headers
 */
async function answer(directory, url, response, headers) {
  const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  const inside = path.startsWith(PREFIX) ? normalize(path.slice(PREFIX.length)) : '..';
  if (inside.startsWith('..') || inside.startsWith(sep)) return refuse(response);
  const file = join(directory, inside, path.endsWith('/') ? 'index.html' : '');
  if (LATE > 0) await sleep(Math.random() * LATE);
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) return refuse(response);
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': found.size,
    ...headers,
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
  });
  createReadStream(file).pipe(response);
}

/** @param {import('node:http').ServerResponse} response */
function refuse(response) {
  response.writeHead(404, { 'content-type': 'text/plain', 'content-security-policy': POLICY });
  response.end('not found');
}
