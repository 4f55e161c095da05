// `<embed-form>`: the form on the embed page. Each choice updates the preview below it and the tags to copy.

import { Base, define, h } from '../dom.js';
import { describe } from '../api/engine.js';
import { OPTIONS } from '../run/address.js';

/** The defaults of the element. @type {Record<string, string>} */
const DEFAULTS = { program: 'correct', clock: 'simulated', speed: 'normal', size: 'full', theme: 'auto' };
/** The address of the site, from that of this script. */
const SITE = new URL('../../../', import.meta.url).href;

export class EmbedForm extends Base {
  #form = /** @type {HTMLFormElement | null} */ (null);

  connectedCallback() {
    if (this.#form !== null) return;
    this.#form = this.querySelector('form');
    this.#form?.addEventListener('submit', (event) => event.preventDefault());
    this.#form?.addEventListener('input', (event) => {
      const exercise = /** @type {Element} */ (event.target).getAttribute('name') === 'exercise';
      if (exercise) void this.#fill();
      else this.#show();
    });
    for (const button of this.querySelectorAll('button')) button.addEventListener('click', () => void this.#copy(button));
    void this.#fill();
  }

  /** Fills in the programs and settings of the exercise. */
  async #fill() {
    const form = this.#form;
    if (form === null) return;
    const slug = String(new FormData(form).get('exercise'));
    const program = /** @type {HTMLSelectElement} */ (form.querySelector('[name="program"]'));
    const settings = /** @type {HTMLInputElement} */ (form.querySelector('[name="settings"]'));
    // Cleared before loading, so that text typed meanwhile stays.
    program.replaceChildren();
    [settings.value, settings.placeholder] = ['', ''];
    // The preview loads the same file and reports an error.
    const info = await describe(slug).catch(() => null);
    if (new FormData(form).get('exercise') !== slug) return;
    program.replaceChildren(...(info?.programs ?? []).map(({ slug, title }) => h('option', { value: slug }, title)));
    settings.placeholder = (info?.settings ?? []).slice(0, 2).map((setting) => `${setting.name}=${setting.default}`).join(' ');
    this.#show();
  }

  #show() {
    const form = this.#form;
    if (form === null) return;
    const data = new FormData(form);
    const options = chosen(new FormData(form));
    const slug = String(data.get('exercise'));
    const title = form.querySelector(`option[value="${slug}"]`)?.textContent ?? slug;
    const live = this.querySelector('async-playground');
    for (const name of OPTIONS) {
      const value = options.get(name) ?? null;
      if (live?.getAttribute(name) === value) continue;
      if (value === null) live?.removeAttribute(name);
      else live?.setAttribute(name, value);
    }
    if (live?.getAttribute('exercise') !== slug) live?.setAttribute('exercise', slug);
    this.#write('element', elementTag(slug, options));
    this.#write('frame', frameTag(slug, title, options));
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #write(name, text) {
    const code = this.querySelector(`[data-tag="${name}"]`);
    if (code !== null) code.textContent = text;
  }

  /** @param {HTMLButtonElement} button */
  async #copy(button) {
    const code = this.querySelector(`[data-tag="${button.dataset.copy}"]`);
    const status = this.querySelector('[role="status"]');
    if (code === null || status === null) return;
    try {
      await navigator.clipboard.writeText(code.textContent ?? '');
      status.textContent = 'Copied.';
      button.dataset.done = '';
    } catch {
      getSelection()?.selectAllChildren(code);
      status.textContent = 'Selected. Copy it with Ctrl+C.';
    }
  }
}

/**
 * Returns the options that differ from the defaults.
 * @param {FormData} data
 * @returns {Map<string, string>}
 */
function chosen(data) {
  /** @type {Map<string, string>} */
  const options = new Map();
  for (const name of ['program', 'clock', 'speed', 'seed', 'settings', 'size', 'theme']) {
    const text = String(data.get(name) ?? '').trim();
    if (text !== '' && text !== DEFAULTS[name]) options.set(name, text);
  }
  for (const flag of ['autorun', 'compact']) if (data.has(flag)) options.set(flag, '');
  const lock = data.getAll('lock').join(' ');
  if (lock !== '') options.set('lock', lock);
  const show = data.getAll('show').join(' ');
  if (show !== (data.has('compact') ? '' : 'rules picture code')) options.set('show', show);
  return options;
}

/**
 * @param {string} slug
 * @param {Map<string, string>} options
 */
function elementTag(slug, options) {
  const attributes = [...options].map(([name, value]) => (value === '' && name !== 'show' ? ` ${name}` : ` ${name}="${escaped(value)}"`));
  return `<script type="module" src="${SITE}playground.js"></script>
<async-playground exercise="${slug}"${attributes.join('')}></async-playground>`;
}

/**
 * @param {string} slug
 * @param {string} title
 * @param {Map<string, string>} options
 */
function frameTag(slug, title, options) {
  const query = options.size === 0 ? '' : `&${new URLSearchParams([...options])}`;
  const address = escaped(`${SITE}${slug}/?embed${query}`);
  return `<script type="module" src="${SITE}embed-host.js"></script>
<iframe src="${address}" title="${escaped(title)}" width="100%" height="${options.get('size') === 'picture' ? 420 : 700}" sandbox="allow-scripts" loading="lazy"></iframe>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

define('embed-form', EmbedForm);
