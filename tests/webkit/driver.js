// WebKit by WebDriver: the few commands that the tests need, spoken to the driver of WebKitGTK.
//
// playwright-core speaks WebDriver BiDi, which the driver of WebKitGTK 2.50 refuses ("Failed to match capabilities" for
// `webSocketUrl`). So the tests of `tests/page` cannot run in it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const PORT = 4455;
/** How WebDriver names an element in JSON. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Starts the driver and the browser. */
export async function openWebKit() {
  assert.ok(process.env.DISPLAY, 'there is no display: run `cargo xtask test webkit`, which sets the environment');
  const driver = spawn('WebKitWebDriver', [`--port=${PORT}`, '--host=127.0.0.1'], { stdio: 'ignore' });
  const end = () => void driver.kill();
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
    const { sessionId } = await send('POST', '/session', { capabilities: {} });
    const at = `/session/${sessionId}`;
    const script = (/** @type {string} */ body, /** @type {unknown[]} */ ...args) => send('POST', `${at}/execute/sync`, { script: body, args });
    return {
      script,
      open: (/** @type {string} */ url) => send('POST', `${at}/url`, { url }),
      size: (/** @type {number} */ width, /** @type {number} */ height) => send('POST', `${at}/window/rect`, { width, height }),
      /** Presses keys, as text, where the focus is. */
      press: (/** @type {string} */ text) =>
        send('POST', `${at}/actions`, { actions: [{ type: 'key', id: 'keys', actions: [...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]) }] }),
      /** Clicks where an element of the page is. @param {string} expression */
      click: async (expression) => send('POST', `${at}/element/${(await script(`return ${expression}`))[ELEMENT]}/click`, {}),
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
