// `<offline-switch>`: keeps the whole site in the browser, with Python if wanted, or removes it again. Loaded when the reader
// asks for it; nothing else on the site knows whether it is kept.

import { Base, define, h } from '../dom.js';
import { directory, files } from '../python/engine.js';

// Scripts are three directories down, wherever the site is.
const ROOT = new URL('../../../', import.meta.url);

/** The cache of Python, by the name that the service worker knows. */
const PYTHON = `async-playground ${ROOT.href} ${directory}`;

const WORDS = {
  no: 'This browser keeps no pages for offline use here: private windows and some settings forbid it.',
  off: 'All pages and exercises, a few megabytes, are stored in this browser and then open without a network.',
  busy: 'Storing the pages.',
  on: 'All pages and exercises are stored in this browser and open without a network.',
  failed: 'That did not work.',
};

const PYTHON_WORDS = {
  off: 'To run programs in Python without a network too, store Python, another four megabytes.',
  busy: 'Storing Python.',
  on: 'Python is stored too.',
  failed: 'Python was not stored: its files did not load.',
};

export class OfflineSwitch extends Base {
  #text = h('p', { role: 'status' });
  #button = h('button', { type: 'button' });
  #pythonText = h('p', { role: 'status' });
  #pythonButton = h('button', { type: 'button', hidden: true }, 'Keep Python');
  /** Ends the download of Python when everything is removed. */
  #storing = new AbortController();

  connectedCallback() {
    this.replaceChildren(this.#text, this.#button, this.#pythonText, this.#pythonButton);
    this.#pythonButton.addEventListener('click', () => void this.#keepPython());
    this.#button.addEventListener('click', () => this.#attempt('failed', () => this.#turn()));
    void this.#attempt('no', async () => {
      const kept = await registration();
      if (kept !== undefined) {
        // It may have been turned on a moment ago, here or in another tab.
        if (kept.active === null) this.#show('busy');
        await stored(kept);
      }
      await this.#showKept();
    });
  }

  async #turn() {
    const kept = await registration();
    if (kept === undefined) {
      this.#show('busy');
      await stored(await navigator.serviceWorker.register(new URL('sw.js', ROOT)));
    } else {
      this.#storing.abort();
      await remove(kept);
    }
    await this.#showKept();
  }

  async #keepPython() {
    const { signal } = (this.#storing = new AbortController());
    this.#showPython('busy');
    try {
      const cache = await caches.open(PYTHON);
      await cache.addAll(files.map((name) => new Request(new URL(`assets/${directory}/${name}`, ROOT), { signal })));
      if (!signal.aborted) await this.#showKept();
    } catch (error) {
      if (!signal.aborted) this.#showPython('failed', error);
    }
  }

  /** Shows what is stored, which another tab may have changed. */
  async #showKept() {
    if ((await registration()) === undefined) return this.#show('off');
    const python = directory === null ? null : (await hasPython()) ? 'on' : 'off';
    this.#show('on');
    if (python !== null) this.#showPython(python);
  }

  /**
   * @param {keyof typeof PYTHON_WORDS} state
   * @param {unknown} [error] why it failed
   */
  #showPython(state, error) {
    this.dataset.python = state;
    this.#pythonText.textContent = PYTHON_WORDS[state] + reason(error);
    this.#pythonButton.hidden = state !== 'off' && state !== 'failed';
  }

  /**
   * @param {keyof typeof WORDS} state
   * @param {unknown} [error] why it failed
   */
  #show(state, error) {
    delete this.dataset.python;
    this.#pythonText.textContent = '';
    this.#pythonButton.hidden = true;
    this.dataset.state = state;
    this.#text.textContent = WORDS[state] + reason(error);
    this.#button.textContent = { on: 'Remove', failed: 'Try again' }[/** @type {string} */ (state)] ?? 'Keep';
    this.#button.disabled = state === 'busy';
    this.#button.hidden = state === 'no';
  }

  /**
   * @param {'no' | 'failed'} failure what is shown if it does not work
   * @param {() => Promise<void>} work
   */
  async #attempt(failure, work) {
    try {
      await work();
    } catch (error) {
      this.#show(failure, error);
    }
  }
}

/** @param {unknown} error */
function reason(error) {
  return error instanceof Error ? ` (${error.message})` : '';
}

/** Whether all of Python is stored: the cache is there as soon as the download begins. */
async function hasPython() {
  return (await caches.has(PYTHON)) && (await (await caches.open(PYTHON)).keys()).length === files.length;
}

/** The site's own, and not one of a site around it. */
async function registration() {
  const registrations = await navigator.serviceWorker.getRegistrations();
  return registrations.find(({ scope }) => scope === ROOT.href);
}

/**
 * Settles when everything is stored.
 * @param {ServiceWorkerRegistration} kept
 */
function stored(kept) {
  const worker = kept.active ?? kept.waiting ?? kept.installing;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker?.state === 'activated') resolve(undefined);
      if (worker?.state === 'redundant') reject(new Error('a file did not load'));
    };
    worker?.addEventListener('statechange', look);
    look();
  });
}

/** @param {ServiceWorkerRegistration} kept */
async function remove(kept) {
  await kept.unregister();
  const ours = (await caches.keys()).filter((name) => name.startsWith(`async-playground ${kept.scope} `));
  await Promise.all(ours.map((name) => caches.delete(name)));
}

define('offline-switch', OfflineSwitch);
