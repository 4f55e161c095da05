// The configurations for servers in docs/EMBEDDING.md, on real servers: what they send, and a frame on a page with COEP.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { DIST, opened } from '../page/support/browser.js';
import { answers, freePort, runs } from './support.js';

/**
 * As Debian has them: what starts each with the example, in a directory with the site, on a port.
 * @type {Record<string, {programs: string[], words: string[], file: string, whole: (example: string, directory: string, port: number) => string}>}
 */
const SERVERS = {
  nginx: {
    programs: ['/usr/sbin/nginx', '/usr/bin/nginx', '/opt/homebrew/bin/nginx'],
    words: ['-c'],
    file: 'nginx.conf',
    whole: (example, directory, port) => `daemon off; user root; pid ${directory}/pid; error_log stderr; events {} http { include /etc/nginx/mime.types; access_log off;
     client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy; fastcgi_temp_path ${directory}/fast; uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
     ${example.replace('server {', `server {\n    listen 127.0.0.1:${port};\n    root ${directory}/www;`)}}`,
  },
  caddy: {
    programs: ['/usr/bin/caddy', '/usr/local/bin/caddy', '/opt/homebrew/bin/caddy'],
    words: ['run', '--adapter', 'caddyfile', '--config'],
    file: 'Caddyfile',
    whole: (example, directory, port) => `{\n    admin off\n    log {\n        level ERROR\n    }\n}\n${example.replace('play.example {', `http://127.0.0.1:${port} {`).replace('root * /srv', `root * ${directory}/www`)}`,
  },
};

for (const [name, { programs, words, file, whole }] of Object.entries(SERVERS)) {
  const program = programs.find((path) => existsSync(path));
  test(`${name}: a page with COEP shows the frame, and files are compressed and cached as promised`, { skip: program === undefined && `there is no ${name}` }, async () => {
    assert.ok(program);
    const directory = await mkdtemp(join(tmpdir(), `async-playground-${name}-`));
    const guide = await readFile(new URL('../../docs/EMBEDDING.md', import.meta.url), 'utf8');
    const example = new RegExp(`\`\`\`${name}\n(.*?)\`\`\``, 's').exec(guide)?.[1] ?? '';
    const port = await freePort();
    const own = example.replaceAll('https://play.example', `http://127.0.0.1:${port}`);
    await mkdir(join(directory, 'www'));
    await symlink(DIST, join(directory, 'www/playground'));
    await writeFile(join(directory, file), whole(own, directory, port));
    const server = spawn(program, [...words, join(directory, file)], { stdio: 'inherit', env: { ...process.env, HOME: directory } });
    const url = `http://127.0.0.1:${port}/playground/`;
    const host = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-opener-policy': 'same-origin' });
      response.end(`<!doctype html><title>Lesson</title><link rel="icon" href="data:,"><script type="module" src="${url}embed-host.js"></script><iframe title="Playground" src="${url}health-check/?embed" sandbox="allow-scripts"></iframe>`);
    });
    await new Promise((resolve) => host.listen(0, '127.0.0.1', () => resolve(undefined)));
    const address = host.address();
    assert.ok(address !== null && typeof address === 'object');
    await answers(url);
    const browser = await opened(url, async () => {});
    try {
      const [assets = ''] = (await readdir(join(DIST, 'assets'))).filter((name) => !name.startsWith('pyodide'));
      for (const [path, cached] of /** @type {const} */ ([['playground.js', 'no-cache'], ['health-check/', 'no-cache'], [`assets/${assets}/style/playground.css`, 'public, max-age=31536000, immutable']])) {
        const { status, headers } = await fetch(url + path, { headers: { 'accept-encoding': 'gzip' } });
        const sent = ['content-encoding', 'cache-control', 'access-control-allow-origin', 'x-frame-options'].map((header) => headers.get(header));
        assert.deepEqual([status, ...sent], [200, 'gzip', cached, '*', null], path);
        assert.match(headers.get('content-security-policy') ?? '', /^default-src 'self' http/, path);
      }
      await browser.page(`http://127.0.0.1:${address.port}/`, async (page) => {
        assert.equal(await page.evaluate(() => crossOriginIsolated), true);
        await runs(page.frameLocator('iframe'), 'health-check');
        await page.waitForFunction(() => (document.querySelector('iframe')?.clientHeight ?? 0) > 300);
      });
    } finally {
      await browser.close();
      host.close();
      server.kill();
      await once(server, 'exit');
      await rm(directory, { recursive: true, force: true });
    }
  });
}
