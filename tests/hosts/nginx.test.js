// The configuration for nginx in docs/EMBEDDING.md, on a real nginx: what it sends, and a frame on a page with COEP.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { DIST, opened } from '../page/support/browser.js';

const NGINX = ['/usr/sbin/nginx', '/usr/bin/nginx', '/opt/homebrew/bin/nginx'].find((path) => existsSync(path));

test('a page with COEP shows the frame, and files are compressed and cached as promised', { skip: NGINX === undefined && 'there is no nginx' }, async () => {
  assert.ok(NGINX);
  const directory = await mkdtemp(join(tmpdir(), 'async-playground-nginx-'));
  const guide = await readFile(new URL('../../docs/EMBEDDING.md', import.meta.url), 'utf8');
  const example = /```nginx\n(.*?)```/s.exec(guide)?.[1] ?? '';
  const port = await freePort();
  const server = example.replace('server {', `server {\n    listen 127.0.0.1:${port};\n    root ${directory}/www;`);
  await mkdir(join(directory, 'www'));
  await symlink(DIST, join(directory, 'www/playground'));
  await writeFile(
    join(directory, 'nginx.conf'),
    `daemon off; user root; pid ${directory}/pid; error_log stderr; events {} http { include /etc/nginx/mime.types; access_log off;
     client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy; fastcgi_temp_path ${directory}/fast; uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;\n${server}}`,
  );
  const nginx = spawn(NGINX, ['-c', join(directory, 'nginx.conf')], { stdio: 'inherit' });
  const url = `http://127.0.0.1:${port}/playground/`;
  const host = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-opener-policy': 'same-origin' });
    response.end(`<!doctype html><title>Lesson</title><link rel="icon" href="data:,"><script type="module" src="${url}embed-host.js"></script><iframe title="Playground" src="${url}health-check/?embed" sandbox="allow-scripts"></iframe>`);
  });
  await new Promise((resolve) => host.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = host.address();
  assert.ok(address !== null && typeof address === 'object');
  for (let round = 0; round < 50 && !(await fetch(url).then(() => true, () => false)); round += 1) await sleep(100);
  const browser = await opened(url, async () => {});
  try {
    const answer = await fetch(`${url}playground.js`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(answer.headers.get('content-encoding'), 'gzip');
    assert.equal(answer.headers.get('cache-control'), 'no-cache');
    await browser.page(`http://127.0.0.1:${address.port}/`, async (page) => {
      assert.equal(await page.evaluate(() => crossOriginIsolated), true);
      const inside = page.frameLocator('iframe');
      await inside.locator('async-playground[data-state]').waitFor();
      await inside.getByRole('button', { name: 'Run', exact: true }).click();
      await inside.locator('async-playground:is([data-state="passed"], [data-state="watched"])').waitFor();
      await page.waitForFunction(() => (document.querySelector('iframe')?.clientHeight ?? 0) > 300);
    });
  } finally {
    await browser.close();
    host.close();
    nginx.kill();
    await once(nginx, 'exit');
    await rm(directory, { recursive: true, force: true });
  }
});

/** A port that is free now. @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
