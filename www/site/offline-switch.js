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
};

const PYTHON_WORDS = {
  off: 'To run programs in Python without a network too, store Python, another four megabytes.',
  busy: 'Storing Python.',
  on: 'Python is stored too.',
};

export class OfflineSwitch extends Base {
  #text = h('p', { role: 'status' });
  #button = h('button', { type: 'button' });
  #pythonText = h('p', { role: 'status' });
  #pythonButton = h('button', { type: 'button', hidden: true }, 'Keep Python');

  connectedCallback() {
    this.replaceChildren(this.#text, this.#button, this.#pythonText, this.#pythonButton);
    this.#pythonButton.addEventListener('click', () => this.#attempt(() => this.#keepPython()));
    this.#button.addEventListener('click', () => this.#attempt(() => this.#turn()));
    void this.#attempt(async () => {
      const kept = await registration();
      if (kept === undefined) return this.#show('off');
      // It may have been turned on a moment ago, here or in another tab.
      if (kept.active === null) this.#show('busy');
      await stored(kept);
      await this.#showKept();
    });
  }

  async #turn() {
    const kept = await registration();
    if (kept === undefined) {
      this.#show('busy');
      await stored(await navigator.serviceWorker.register(new URL('sw.js', ROOT)));
      await this.#showKept();
    } else {
      await remove(kept);
      this.#show('off');
    }
  }

  async #keepPython() {
    this.#showPython('busy');
    const cache = await caches.open(PYTHON);
    try {
      await cache.addAll(files.map((name) => new URL(`assets/${directory}/${name}`, ROOT).href));
    } catch (error) {
      await caches.delete(PYTHON);
      this.#showPython('off');
      throw error;
    }
    this.#showPython('on');
  }

  async #showKept() {
    this.#show('on');
    if (directory !== null) this.#showPython((await caches.has(PYTHON)) ? 'on' : 'off');
  }

  /** @param {keyof typeof PYTHON_WORDS} state */
  #showPython(state) {
    this.dataset.python = state;
    this.#pythonText.textContent = PYTHON_WORDS[state];
    this.#pythonButton.hidden = state !== 'off';
  }

  /** @param {keyof typeof WORDS} state */
  #show(state) {
    delete this.dataset.python;
    this.#pythonText.textContent = '';
    this.#pythonButton.hidden = true;
    this.dataset.state = state;
    this.#text.textContent = WORDS[state];
    this.#button.textContent = state === 'on' ? 'Remove' : 'Keep';
    this.#button.disabled = state === 'busy';
    this.#button.hidden = state === 'no';
  }

  /** @param {() => Promise<void>} work */
  async #attempt(work) {
    try {
      await work();
    } catch (error) {
      this.#show('no');
      if (error instanceof Error) this.#text.textContent += ` (${error.message})`;
    }
  }
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
