// WebKit by WebDriver: the few commands that the tests need, spoken to the driver of WebKitGTK.
//
// playwright-core drives no WebKit that a distribution has.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const PORT = 4455;
const BROWSERS = ['4.1', '4.0'].map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`);

/** Starts a display, the driver and the browser. */
export async function openWebKit() {
  const binary = BROWSERS.find((path) => existsSync(path));
  assert.ok(binary, 'there is no WebKitGTK: install webkit2gtk-driver');
  const display = ':97';
  const screen = spawn('Xvfb', [display, '-screen', '0', '1440x1200x24'], { stdio: 'ignore' });
  const driver = spawn('WebKitWebDriver', [`--port=${PORT}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_COMPOSITING_MODE: '1', WEBKIT_DISABLE_DMABUF_RENDERER: '1', WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
  });
  const end = () => {
    driver.kill();
    screen.kill();
  };
  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  const send = async (method, path, body) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const { value } = /** @type {{value: any}} */ (await (await fetch(`http://127.0.0.1:${PORT}${path}`, init)).json());
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  try {
    for (let round = 0; round < 100 && !(await send('GET', '/status').catch(() => null)); round += 1) await sleep(100);
    const alwaysMatch = { 'webkitgtk:browserOptions': { binary, args: ['--automation'] } };
    const { sessionId } = await send('POST', '/session', { capabilities: { alwaysMatch } });
    const at = `/session/${sessionId}`;
    const script = (/** @type {string} */ body, /** @type {unknown[]} */ ...args) => send('POST', `${at}/execute/sync`, { script: body, args });
    return {
      script,
      open: (/** @type {string} */ url) => send('POST', `${at}/url`, { url }),
      size: (/** @type {number} */ width, /** @type {number} */ height) => send('POST', `${at}/window/rect`, { width, height }),
      /** A screenshot, as bytes of PNG. */
      look: async () => Buffer.from(await send('GET', `${at}/screenshot`), 'base64'),
      /** Presses keys, as text, where the focus is. */
      press: (/** @type {string} */ text) =>
        send('POST', `${at}/actions`, { actions: [{ type: 'key', id: 'keys', actions: [...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]) }] }),
      /**
       * Waits until an expression in the page is true.
       * @param {string} expression
       */
      async until(expression) {
        for (let round = 0; round < 200; round += 1) {
          if (await script(`return Boolean(${expression})`)) return;
          await sleep(100);
        }
        assert.fail(`never true: ${expression}`);
      },
      async close() {
        await send('DELETE', at).catch(() => {});
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
