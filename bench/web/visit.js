// Drives Chromium with as little observation as possible. A library that drives browsers has network, frames and scripts
// reported while a page loads, which adds tens of ms to a load of sixty.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Until a page rests, and the one before has ended, before it is sent somewhere, in ms. */
const SETTLED = 500;

/** @typedef {{evaluate: (expression: string) => Promise<any>, close: () => Promise<void>}} Visit */

/**
 * Starts a browser.
 * @param {string} program
 * @returns {Promise<{visit: (url: string, before: string) => Promise<Visit>, close: () => Promise<void>}>} `visit` goes to
 *   an address in a context of its own, which has no cache; `before` runs before the page's scripts
 */
export async function start(program) {
  const profile = mkdtempSync(join(tmpdir(), 'async-playground-bench-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
  const browser = spawn(program, [...flags, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => browser.once('exit', resolve));
  const [asks, answers] = /** @type {[import('node:stream').Writable, import('node:stream').Readable]} */ (
    /** @type {unknown} */ ([browser.stdio[3], browser.stdio[4]])
  );
  /** @type {Map<number, (answer: any) => void>} */
  const waiting = new Map();
  let [last, rest] = [0, ''];
  answers.setEncoding('utf8').on('data', (text) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages.map((message) => JSON.parse(message))) waiting.get(message.id)?.(message);
  });
  void ended.then(() => waiting.forEach((answer) => answer({ error: { message: 'the browser has ended' } })));

  /** @param {string} method @param {object} [params] @param {string} [sessionId] @returns {Promise<any>} */
  const ask = async (method, params = {}, sessionId) => {
    const id = (last += 1);
    const answered = new Promise((resolve) => waiting.set(id, resolve));
    asks.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { error, result } = await answered;
    waiting.delete(id);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };

  return {
    async visit(url, before) {
      const { browserContextId } = await ask('Target.createBrowserContext');
      const { targetId } = await ask('Target.createTarget', { url: 'about:blank', browserContextId, width: 1280, height: 900 });
      const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true });
      await ask('Page.enable', {}, sessionId);
      await ask('Page.addScriptToEvaluateOnNewDocument', { source: before }, sessionId);
      await sleep(SETTLED);
      await ask('Page.navigate', { url }, sessionId);
      return {
        async evaluate(expression) {
          const options = { expression, awaitPromise: true, returnByValue: true };
          const { result, exceptionDetails } = await ask('Runtime.evaluate', options, sessionId);
          if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
          return result.value;
        },
        close: () => ask('Target.disposeBrowserContext', { browserContextId }),
      };
    },
    async close() {
      await ask('Browser.close');
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
