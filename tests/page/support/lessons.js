// Pages of somebody else, on an origin of their own, with a policy of their own.

import { createServer } from 'node:http';

/** @typedef {{html: string, policy?: string}} Lesson */

/**
 * Serves pages by their paths, on a free port of 127.0.0.1.
 * @param {(origin: string) => Record<string, Lesson>} lessons
 * @returns {Promise<{url: string, close: () => Promise<void>}>} `url` ends with a slash
 */
export async function serveLessons(lessons) {
  /** @type {Record<string, Lesson>} */
  let pages = {};
  const server = createServer((request, response) => {
    const lesson = pages[(request.url ?? '').split('?')[0] ?? ''];
    if (lesson === undefined) return response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end();
    const type = request.url?.endsWith('.css') ? 'text/css' : request.url?.endsWith('.js') ? 'text/javascript' : 'text/html';
    const policy = lesson.policy === undefined ? {} : { 'content-security-policy': lesson.policy };
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, ...policy }).end(lesson.html);
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const url = `http://127.0.0.1:${address.port}/`;
  pages = lessons(url);
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
