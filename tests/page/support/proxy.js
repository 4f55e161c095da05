// A proxy between WebKit and the site: it hears each request and answer, and begins pages with scripts of the test.

import { createServer, request } from 'node:http';
import { EventEmitter } from 'node:events';

/** The address from which pages load the scripts, and the one to which the scripts report errors. */
const [BEGIN, HEARD] = ['/begin.for.tests.js', '/heard.by.tests'];

/** Runs in the page, and reports errors. @param {string} to */
function tell(to) {
  const heard = (/** @type {string} */ type, /** @type {string} */ text) => void fetch(to, { method: 'POST', keepalive: true, body: JSON.stringify({ type, text }) });
  addEventListener('error', ({ error, message }) => error && heard('pageerror', message));
  // Requests that are under way fail when the reader leaves: that is no error.
  let left = false;
  addEventListener('beforeunload', () => (left = true));
  addEventListener('unhandledrejection', ({ reason }) => left || heard('pageerror', String(reason?.message ?? reason)));
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => heard('error', `${violatedDirective} forbids ${blockedURI}`));
  for (const [name, type] of /** @type {const} */ ([['error', 'error'], ['warn', 'warning']])) {
    const log = console[name];
    console[name] = (...words) => (log(...words), heard(type, words.join(' ')));
  }
}

/** @param {boolean} scripts whether scripts have anything in them */
export async function openProxy(scripts) {
  const hears = new EventEmitter();
  /** @type {Map<string, number>} */
  const statuses = new Map();
  const beginning = [`(${tell})('${HEARD}');`];
  const server = createServer((from, to) => {
    const { url = '', method, headers } = from;
    const { pathname } = new URL(url);
    if (pathname === BEGIN) return to.writeHead(200, { 'content-type': 'text/javascript' }).end(beginning.join('\n'));
    if (pathname === HEARD) return void gathered(from).then((text) => told(text.toString(), to));
    hears.emit('request', { url: () => url });
    if (!scripts && pathname.endsWith('.js')) return to.writeHead(200, { 'content-type': 'text/javascript' }).end();
    const onward = request(url, { method, headers }, async (answer) => {
      const status = answer.statusCode ?? 0;
      statuses.set(url, status);
      hears.emit('response', { status: () => status, url: () => url });
      if (!scripts || !answer.headers['content-type']?.startsWith('text/html')) return void answer.pipe(to.writeHead(status, answer.headers));
      const html = (await gathered(answer)).toString().replace('<head>', `<head><script src="${BEGIN}"></script>`);
      to.writeHead(status, { ...answer.headers, 'content-length': Buffer.byteLength(html) }).end(html);
    });
    onward.on('error', () => to.destroy());
    from.pipe(onward);
  });
  /** @param {string} text @param {import('node:http').ServerResponse} to */
  const told = (text, to) => {
    const { type, text: said } = JSON.parse(text);
    if (type === 'pageerror') hears.emit(type, new Error(said));
    else hears.emit('console', { type: () => type, text: () => said });
    to.writeHead(204).end();
  };
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    address: `127.0.0.1:${address.port}`,
    on: hears.on.bind(hears),
    /** @param {Function} work runs in each page before anything else */
    begin: (work) => void beginning.push(`(${work})();`),
    /** @param {string} url */
    status: (url) => statuses.get(url.replace(/#.*/, '')) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}

/** @param {import('node:http').IncomingMessage} stream */
async function gathered(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
