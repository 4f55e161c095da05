// `<async-playground exercise="ttl-cache">`: the playground of an exercise.
//
// It lives in a shadow root: on another site's page neither side's styles may reach the other, and ids stay its own. The
// sheets are constructed (see sheets.js), because a strict policy forbids inline styles. What stands between the tags
// shows until the element is ready, and for good where there is no script.
//
// Fires, bubbling and composed: `ready`, `start`, `log`, `verdict`, `error`; playground.d.ts has their details. Removing
// it from the page ends its run, for which run-control.js has all that is needed. Its options beyond the exercise are applied by options.js, which is loaded when there are any.

import { describe, ready, warmUp } from '../api/engine.js';
import { Base, define, fire, h, unlessMoved } from '../dom.js';
import { OPTIONS } from '../run/address.js';
import { explain } from './explain.js';
import { pictureBefore } from './before.js';
import { adopt, reflect } from './option-properties.js';
import { join } from './page-playground.js';
import { playgroundParts } from './parts.js';
import { RunControl } from './run-control.js';
import { missingSheet, playgroundSheets, wear } from './sheets.js';

/**
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('./parts.js').Parts} Parts
 */

export class AsyncPlayground extends Base {
  static observedAttributes = ['exercise', 'data-state', ...OPTIONS];

  #info = /** @type {Brief | null} */ (null);
  #parts = /** @type {Parts | null} */ (null);
  #control = /** @type {RunControl | null} */ (null);
  /** Ends what joins it to its page. */
  #leave = () => {};
  /** Whether it has been put into a page: attributes that an upgrade brings come before that. */
  #placed = false;
  /** @type {import('./options.js').Options | null} */
  #options = null;
  /** Its own nodes in the shadow root. @type {Element[]} */
  #filled = [];

  connectedCallback() {
    adopt(this);
    this.#placed = true;
    if (this.#info?.slug !== this.exercise) return void this.#wake();
    // It has been moved, within one task or after its run was ended.
    this.#leave();
    this.#leave = join(this);
    void this.#applyOptions();
  }

  /** Moved by `moveBefore`: everything goes on. */
  connectedMoveCallback() {}

  disconnectedCallback() {
    this.#placed = false;
    // A move within one task, by a framework or `append`, ends nothing.
    unlessMoved(this, () => {
      this.#control?.rest();
      this.#leave();
      this.#options?.leave();
    });
  }

  /**
   * @param {string} name
   * @param {string | null} _before
   * @param {string | null} now
   */
  attributeChangedCallback(name, _before, now) {
    if (name === 'data-state') {
      // A page that is morphed takes away what its server has not sent.
      const state = this.#control?.state ?? null;
      if (now !== state && state !== null) this.dataset.state = state;
    } else if (this.#placed) void (name === 'exercise' ? this.#wake() : this.#applyOptions());
  }

  /** The slug of the exercise. */
  get exercise() {
    return this.getAttribute('exercise') ?? '';
  }

  set exercise(slug) {
    this.setAttribute('exercise', slug);
  }

  /** The cursor in the last run; null before there is one. */
  get player() {
    return this.#control?.player ?? null;
  }

  /** Picture and player of the last run, once they are loaded. */
  get view() {
    return this.#control?.view ?? null;
  }

  /**
   * Starts a run with what the controls say; a run that goes on is stopped first.
   * @param {number} [cursor] shows it at once, at this number of events
   */
  run(cursor) {
    this.#control?.start({ cursor });
  }

  /** Ends the run that goes on, if there is one. */
  stop() {
    this.#control?.stop();
  }

  /** Shows how to read a picture, and the keys. */
  async help() {
    await import('./playground-help.js');
    await this.#open('playground-help');
  }

  /** Shows the run to an audience. */
  async present() {
    await import('./playground-presenting.js');
    await this.#open('playground-presenting');
  }

  /** @param {'playground-help' | 'playground-presenting'} tag */
  async #open(tag) {
    const parts = this.#parts;
    if (parts === null) return;
    const dialog = parts.frame.querySelector(tag) ?? h(tag);
    parts.frame.append(dialog);
    await dialog.open(this, parts);
  }

  async #wake() {
    const slug = this.exercise;
    if (this.#info?.slug === slug) return;
    this.stop();
    try {
      const loading = ready(slug);
      // Its failure is handled where it is awaited.
      loading.catch(() => {});
      // Options that do not load are reported by #applyOptions.
      const [info, sheets] = await Promise.all([describe(slug), this.#sheets(), this.#loadOptions().catch(() => {})]);
      if (!this.isConnected || slug !== this.exercise || this.#info?.slug === slug) return;
      this.stop();
      this.#info = info;
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      wear(root, sheets);
      this.#render(root, info);
      await this.#applyOptions();
      if (this.#info !== info) return;
      this.#control?.ready();
      this.#leave();
      if (this.isConnected) this.#leave = join(this);
      await loading;
      if (this.#info !== info || slug !== this.exercise) return;
      fire(this, 'ready', { exercise: slug });
      // When the page is idle. An error shows again with the next run.
      globalThis.requestIdleCallback?.(() => void warmUp(slug).catch(() => {}));
    } catch (error) {
      if (slug === this.exercise) this.#refuse(error);
    }
  }

  #sheets() {
    return playgroundSheets(this.hasAttribute('primary'));
  }

  /** Loads what applies the options, if there are any; null if not. */
  async #loadOptions() {
    const some = this.#options !== null || OPTIONS.some((name) => this.hasAttribute(name));
    if (!some && !(this.hasAttribute('primary') && location.search !== '')) return null;
    const { Options, prepare } = await import('./options.js');
    return { Options, sheet: await prepare(this) };
  }

  /** Applies the options that have changed. */
  async #applyOptions() {
    const [info, parts, root] = [this.#info, this.#parts, this.shadowRoot];
    try {
      const loaded = await this.#loadOptions();
      if (loaded === null || info === null || parts === null || root === null || this.#parts !== parts) return;
      const { Options, sheet } = loaded;
      if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      this.#options ??= new Options(this, info, parts);
      if (this.isConnected) this.#options.update();
    } catch (error) {
      // The playground works without them.
      if (parts === null) return;
      parts.refusals.hidden = false;
      void explain(parts.refusals, error);
      fire(this, 'error', { exercise: this.exercise, error });
    }
  }

  /**
   * Puts nodes into the root in place of those before. What the reader's browser has put there stays.
   * @param {ShadowRoot} root
   * @param {...Element} nodes
   */
  #fill(root, ...nodes) {
    for (const node of this.#filled) node.remove();
    this.#filled = nodes;
    root.append(...nodes);
  }

  /**
   * Says why there is no playground; what stands between the tags stays readable.
   * @param {unknown} error
   */
  #refuse(error) {
    this.#control?.end();
    this.#leave();
    this.#options?.leave();
    [this.#info, this.#parts, this.#options, this.#control] = [null, null, null, null];
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const refusal = h('p', { class: 'frame refusal', role: 'alert' });
    void explain(refusal, error);
    this.#fill(root, refusal, h('slot'));
    void this.#sheets().then((sheets) => wear(root, sheets));
    fire(this, 'error', { exercise: this.exercise, error });
  }

  /**
   * @param {ShadowRoot} root
   * @param {Brief} info
   */
  #render(root, info) {
    const parts = playgroundParts(info, () => this.help());
    this.#parts = parts;
    this.#options?.leave();
    this.#options = null;
    this.#control?.end();
    this.#fill(root, parts.frame);
    parts.player.replaceChildren(pictureBefore(this, info));
    const missing = missingSheet();
    if (missing !== undefined) void explain(parts.frame.insertBefore(h('p', { class: 'refusal', role: 'alert' }), parts.frame.firstChild), missing);
    parts.output.expect(info.expected);
    parts.rules.show(info.rules, null);
    this.#control = new RunControl(this, info, parts);
  }
}

reflect(AsyncPlayground.prototype);
define('async-playground', AsyncPlayground);
