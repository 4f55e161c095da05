// The driver of WebKitGTK, and its protocol.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });

/**
 * Starts the driver.
 * @param {Record<string, string>} environment of the browser
 */
export async function openDriver(environment) {
  assert.ok(process.env.DISPLAY, 'there is no display: run `cargo xtask test webkit`, which sets the environment');
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { stdio: 'ignore', env: { ...process.env, ...environment } });
  /** @param {string} method @param {string} path @param {object} [body] */
  const send = async (method, path, body) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const { value } = /** @type {{value: any}} */ (await (await fetch(`http://127.0.0.1:${port}${path}`, init)).json());
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  for (let round = 0; round < 100 && !(await send('GET', '/status').catch(() => null)); round += 1) await sleep(100);
  return {
    /** Starts a browser; the function sends it commands. @param {object} capabilities */
    async session(capabilities) {
      const always = { ...capabilities, timeouts: { script: 120_000, pageLoad: 60_000 } };
      const { sessionId } = await send('POST', '/session', { capabilities: { alwaysMatch: always } });
      return (/** @type {string} */ method, /** @type {string} */ path, /** @type {object | undefined} */ body = undefined) => send(method, `/session/${sessionId}${path}`, body);
    },
    close: () => void driver.kill(),
  };
}
