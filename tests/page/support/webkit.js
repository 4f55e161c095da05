// WebKitGTK as these tests see a browser: what they use of Playwright's, over WebDriver.
//
// The driver of WebKitGTK refuses WebDriver BiDi ("Failed to match capabilities" for `webSocketUrl`), by which Playwright drives
// Firefox. A locator means here what it means in the others, since Playwright's own script finds the elements. Frames, dialogs,
// downloads and emulated devices are not there: tests that need them are for the other browsers.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';

// @ts-expect-error it has no types
import bundle from 'playwright-core/lib/coreBundle';

import { openProxy } from './proxy.js';
import { openDriver } from './webdriver.js';

const { escapeForAttributeSelector, escapeForTextSelector } = bundle.iso;

/** Makes Playwright's script for pages, which no module of it exports: the literal that has it is read from its file. */
const INJECTED = await (async () => {
  const text = await readFile(createRequire(import.meta.url).resolve('playwright-core/lib/coreBundle'), 'utf8');
  const literal = /generated\/injectedScriptSource\.ts.*?source\d+ = ('.*?');\n/s.exec(text)?.[1];
  assert.ok(literal, "Playwright's script is not where it was: see which release package.json names");
  const options = { isUnderTest: false, sdkLanguage: 'javascript', frameSeq: 0, testIdAttributeName: 'data-testid', stableRafCount: 1, browserName: 'webkit', customEngines: [] };
  return `const module = {}; ${runInNewContext(literal)}; globalThis[Symbol.for('injected')] = new (module.exports.InjectedScript())(globalThis, ${JSON.stringify(options)});`;
})();

/** @type {Record<string, string>} */
const KEYS = {
  ArrowDown: '\uE015', ArrowLeft: '\uE012', ArrowRight: '\uE014', ArrowUp: '\uE013', ControlOrMeta: '\uE009', Delete: '\uE017', End: '\uE010',
  Enter: '\uE007', Escape: '\uE00C', Home: '\uE011', Shift: '\uE008', Space: ' ', Tab: '\uE004',
};

/** @typedef {{viewport: {width: number, height: number}, reducedMotion?: string, colorScheme?: string, javaScriptEnabled?: boolean}} Options */

/** Starts the driver. A context is a session of it, so there is one at a time. */
export async function launchWebKit() {
  // GTK tells the browser which theme and motion the reader prefers.
  const config = await mkdtemp(join(tmpdir(), 'async-playground-webkit-'));
  await mkdir(join(config, 'gtk-3.0'));
  const driver = await openDriver({ XDG_CONFIG_HOME: config });
  return {
    /** @param {Options} options */
    async newContext({ viewport, reducedMotion, colorScheme, javaScriptEnabled = true }) {
      const settings = `[Settings]\ngtk-enable-animations=${reducedMotion !== 'reduce'}\ngtk-application-prefer-dark-theme=${colorScheme === 'dark'}\n`;
      await writeFile(join(config, 'gtk-3.0/settings.ini'), settings);
      const proxy = await openProxy(javaScriptEnabled);
      const session = await driver.session({ proxy: { proxyType: 'manual', httpProxy: proxy.address } });
      const context = {
        /** The window that has the commands. */
        current: await session('GET', '/window'),
        session,
        proxy,
        opened: 0,
        async newPage() {
          if (context.opened++ > 0) context.current = (await session('POST', '/window/new', { type: 'window' })).handle;
          await session('POST', '/window', { handle: context.current });
          const page = new Page(context, context.current);
          await page.size(viewport);
          return page;
        },
        async close() {
          await session('DELETE', '');
          await proxy.close();
        },
      };
      return context;
    },
    async close() {
      driver.close();
      await rm(config, { recursive: true, force: true });
    },
  };
}

/** What pages and locators have in common: the ways to an element. */
class Root {
  /**
   * @param {Page | null} page
   * @param {string[]} path
   */
  constructor(page, path) {
    this.page = page ?? /** @type {Page} */ (/** @type {unknown} */ (this));
    this.path = path;
  }

  /** @param {string} selector @param {{hasText?: string | RegExp}} [options] @returns {Locator} */
  locator(selector, { hasText } = {}) {
    const found = new Locator(this.page, [...this.path, selector]);
    return hasText === undefined ? found : found.filter({ hasText });
  }

  /** @param {string} role @param {{name?: string | RegExp, exact?: boolean}} [options] */
  getByRole(role, { name, exact = false } = {}) {
    return this.locator(`internal:role=${role}${name === undefined ? '' : `[name=${escapeForAttributeSelector(name, exact)}]`}`);
  }

  /** @param {string | RegExp} text @param {{exact?: boolean}} [options] */
  getByLabel(text, { exact = false } = {}) {
    return this.locator(`internal:label=${escapeForTextSelector(text, exact)}`);
  }

  /** @param {string | RegExp} text @param {{exact?: boolean}} [options] */
  getByText(text, { exact = false } = {}) {
    return this.locator(`internal:text=${escapeForTextSelector(text, exact)}`);
  }
}

class Page extends Root {
  #timeout = 30_000;
  #url = 'about:blank';

  /**
   * @param {any} context
   * @param {string} handle of its window
   */
  constructor(context, handle) {
    super(null, []);
    this.context = () => context;
    this.handle = handle;
    this.keyboard = { press: (/** @type {string} */ key) => this.keys(key.split('+').map((name) => KEYS[name] ?? name)) };
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async send(method, path, body) {
    const context = this.context();
    if (context.current !== this.handle) await context.session('POST', '/window', { handle: this.handle });
    context.current = this.handle;
    return context.session(method, path, body);
  }

  /** Gives the page itself this size, whatever the window has around it. @param {{width: number, height: number}} viewport */
  async size({ width, height }) {
    let [wide, high] = [width, height];
    for (let round = 0; round < 5; round += 1) {
      await this.send('POST', '/window/rect', { width: wide, height: high });
      const [innerWidth = 0, innerHeight = 0] = await this.evaluate(() => [innerWidth, innerHeight]);
      if (innerWidth === width && innerHeight === height) return;
      [wide, high] = [wide + width - innerWidth, high + height - innerHeight];
      await sleep(100);
    }
  }

  /** Holds these keys down together. @param {string[]} keys */
  keys(keys) {
    const [down, up] = ['keyDown', 'keyUp'].map((type) => keys.map((value) => ({ type, value })));
    return this.send('POST', '/actions', { actions: [{ type: 'key', id: 'keys', actions: [...(down ?? []), ...(up ?? []).reverse()] }] });
  }

  /** @param {object[]} actions */
  point = (...actions) => this.send('POST', '/actions', { actions: [{ type: 'pointer', id: 'mouse', actions }] });

  mouse = {
    move: (/** @type {number} */ x, /** @type {number} */ y) => this.point({ type: 'pointerMove', x: Math.round(x), y: Math.round(y), duration: 0 }),
    down: () => this.point({ type: 'pointerDown', button: 0 }),
    up: () => this.point({ type: 'pointerUp', button: 0 }),
  };

  /**
   * Calls a function in the page, and awaits it. What cannot be written as JSON is returned as undefined.
   * @param {Function | string} work
   * @param {unknown[]} args
   * @returns {Promise<any>}
   */
  async evaluate(work, ...args) {
    const script = `
      const args = [...arguments], done = args.pop();
      const written = (value) => { try { return JSON.stringify(value) } catch { return undefined } };
      (async () => (${work})(...args))().then((value) => done([location.href, written(value)]), (error) => done([location.href, null, String(error)]));`;
    const [url, text, error] = await this.send('POST', '/execute/async', { script, args: args.filter((arg) => arg !== undefined) });
    this.#url = url;
    if (error) throw new Error(error);
    return text ? JSON.parse(text) : undefined;
  }

  /**
   * Repeats what may fail until it returns something else than null, or there is no time left.
   * @param {string} what
   * @param {() => Promise<any>} attempt
   * @param {number} [timeout]
   */
  async poll(what, attempt, timeout = this.#timeout) {
    let failure = '';
    // Ever more slowly, since to look takes time from the run that is looked at.
    for (let [end, pause] = [Date.now() + timeout, 20]; Date.now() < end; pause = Math.min(2 * pause, 250)) {
      const result = await attempt().catch((error) => {
        failure = `: ${error.message}`;
        return null;
      });
      if (result !== null) return result;
      await sleep(pause);
    }
    throw new Error(`not within ${timeout} ms: ${what}${failure}`);
  }

  /** @param {Function} work @param {unknown} [arg] @param {{timeout?: number}} [options] */
  waitForFunction(work, arg, { timeout } = {}) {
    return this.poll(String(work), async () => (await this.evaluate(work, arg)) || null, timeout);
  }

  /** @param {string} url */
  async goto(url) {
    await this.send('POST', '/url', { url });
    this.#url = url;
    return { status: () => this.context().proxy.status(url) };
  }

  reload = () => this.send('POST', '/refresh', {});
  goBack = () => this.send('POST', '/back', {});
  url = () => this.#url;
  setDefaultTimeout = (/** @type {number} */ ms) => void (this.#timeout = ms);
  waitForTimeout = (/** @type {number} */ ms) => sleep(ms);
  addInitScript = (/** @type {Function} */ work) => this.context().proxy.begin(work);
  on = (/** @type {string} */ type, /** @type {(heard: any) => void} */ listener) => this.context().proxy.on(type, listener);
}

class Locator extends Root {
  /** @param {number} at */
  nth = (at) => this.locator(`nth=${at}`);
  first = () => this.nth(0);
  last = () => this.nth(-1);
  filter = (/** @type {{hasText: string | RegExp}} */ { hasText }) => this.locator(`internal:has-text=${escapeForTextSelector(hasText, false)}`);

  /**
   * Calls a function in the page with all the elements, what Playwright knows about them, and arguments.
   * @param {Function | string} work
   * @param {unknown[]} args
   */
  async found(work, ...args) {
    const call = `async (selector, ...args) => {
      const injected = globalThis[Symbol.for('injected')];
      return injected ? { value: await (${work})(injected.querySelectorAll(injected.parseSelector(selector), document), injected, ...args) } : {};
    }`;
    const { page } = this;
    const selector = this.path.join(' >> ');
    const result = await page.evaluate(call, selector, ...args);
    if ('value' in result) return result.value;
    await page.evaluate(`() => { ${INJECTED} }`);
    return (await page.evaluate(call, selector, ...args)).value;
  }

  /**
   * Calls a function with the one element, once it is there and in all of these states.
   * @param {string[]} states
   * @param {Function} work
   * @param {unknown[]} args
   */
  one(states, work, ...args) {
    const call = `async (found, injected, states, ...args) => {
      if (found.length > 1) throw new Error(found.length + ' elements: ' + found.map((one) => one.outerHTML.slice(0, 80)));
      if (found.length === 0) return null;
      const wrong = await injected.checkElementStates(found[0], states, true);
      if (wrong) throw new Error('not ' + (wrong.missingState ?? wrong));
      return { value: await (${work})(found[0], ...args, injected) };
    }`;
    return this.page.poll(`${this.path.join(' >> ')} ${states}`, () => this.found(call, states, ...args)).then(({ value }) => value);
  }

  count = () => this.found((/** @type {Element[]} */ found) => found.length);
  all = async () => Array.from({ length: await this.count() }, (_, at) => this.nth(at));
  evaluateAll = (/** @type {Function} */ work) => this.found(`(found) => (${work})(found)`);
  allTextContents = () => this.found((/** @type {Element[]} */ found) => found.map(({ textContent }) => textContent ?? ''));
  isVisible = () => this.found('(found, injected) => found.length > 0 && injected.elementState(found[0], "visible", true).matches');
  evaluate = (/** @type {Function} */ work, /** @type {unknown[]} */ ...args) => this.one([], work, ...args);
  waitFor = ({ state = 'visible' } = {}) => this.one(state === 'attached' ? [] : [state], () => {});
  getAttribute = (/** @type {string} */ name) => this.one([], (/** @type {Element} */ element, /** @type {string} */ name) => element.getAttribute(name), name);
  textContent = () => this.one([], (/** @type {Element} */ { textContent }) => textContent);
  innerText = () => this.one([], (/** @type {HTMLElement} */ { innerText }) => innerText.trimEnd());
  inputValue = () => this.one([], (/** @type {HTMLInputElement} */ { value }) => value);
  isChecked = () => this.one([], (/** @type {HTMLInputElement} */ { checked }) => checked);
  isDisabled = () => this.one([], (/** @type {HTMLInputElement} */ { disabled }) => disabled);
  focus = () => this.one([], (/** @type {HTMLElement} */ element) => element.focus());
  selectOption = (/** @type {string} */ value) => this.one(['visible', 'enabled'], (/** @type {Element} */ element, /** @type {string} */ valueOrLabel, /** @type {any} */ injected) => void injected.selectOptions(element, [{ valueOrLabel }]), value);

  boundingBox = () => this.one([], (/** @type {Element} */ element) => element.getBoundingClientRect());

  async hover() {
    const [x, y] = await this.one(['visible', 'enabled', 'stable'], (/** @type {Element} */ element, /** @type {any} */ injected) => {
      element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      const { x, y, width, height } = /** @type {DOMRect} */ (element.getClientRects()[0]);
      const point = [Math.round(x + width / 2), Math.round(y + height / 2)];
      const hit = injected.expectHitTarget({ x: point[0], y: point[1] }, injected.retarget(element, 'button-link'));
      if (hit !== 'done') throw new Error(`covered by ${hit.hitTargetDescription}`);
      return point;
    });
    await this.page.mouse.move(x, y);
  }

  async click() {
    await this.hover();
    await this.page.point({ type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 });
  }

  async check(on = true) {
    if ((await this.isChecked()) !== on) await this.click();
    assert.equal(await this.isChecked(), on);
  }

  uncheck = () => this.check(false);

  /** @param {string} key */
  async press(key) {
    await this.focus();
    await this.page.keyboard.press(key);
  }

  /** @param {string} text */
  async pressSequentially(text) {
    await this.focus();
    for (const key of text) await this.page.keys([key]);
  }

  /** @param {string} text */
  async fill(text) {
    await this.one(['visible', 'enabled'], (/** @type {HTMLInputElement} */ element) => (element.focus(), element.select()));
    await this.page.keyboard.press('Delete');
    await this.pressSequentially(text);
  }
}
