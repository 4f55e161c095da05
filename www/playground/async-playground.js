// `<async-playground exercise="ttl-cache">`: the playground of an exercise.
//
// It lives in a shadow root: on another site's page neither side's styles may reach the other, and ids stay its own. The
// sheets are constructed (see sheets.js), because a strict policy forbids inline styles. What stands between the tags
// shows until the element is ready, and for good where there is no script.
//
// Fires, bubbling and composed: `ready`, `start`, `log`, `verdict`, `error`; playground.d.ts has their details. Removing
// it from the page ends its run. Its options beyond the exercise are applied by options.js, which is loaded when there are any.

import { describe, ready, warmUp } from '../api/engine.js';
import { Base, define, fire, h, unlessMoved } from '../dom.js';
import { OPTIONS } from '../run/address.js';
import { BEFORE } from '../run/status.js';
import { explain } from './explain.js';
import { pictureBefore } from './before.js';
import { adopt, reflect } from './option-properties.js';
import { join, pageAddress } from './page-playground.js';
import { playgroundParts } from './parts.js';
import { missingSheet, playgroundSheets, sheet, wear } from './sheets.js';

/**
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('../run/status.js').State} State
 * @typedef {import('./parts.js').Parts} Parts
 * @typedef {import('./runs.js').Runs} Runs
 */

/** Between two announcements to a screen reader while a run goes on. */
const ANNOUNCE_EVERY_MS = 2000;
/** A setting that rests so long is followed by the run. */
const FOLLOW_AFTER_MS = 150;

export class AsyncPlayground extends Base {
  static observedAttributes = ['exercise', 'data-state', ...OPTIONS];

  #info = /** @type {Brief | null} */ (null);
  #parts = /** @type {Parts | null} */ (null);
  #runs = /** @type {Runs | null} */ (null);
  /** The run that starts when these are loaded. @type {{} | null} */
  #starting = null;
  /** @type {ReturnType<typeof pageAddress>} */
  #address = null;
  /** The timer after which the run follows a setting. */
  #following = 0;
  /** Ends what joins it to its page. */
  #leave = () => {};
  #state = /** @type {State | null} */ (null);
  /** Whether it has been put into a page: attributes that an upgrade brings come before that. */
  #placed = false;
  /** @type {import('./options.js').Options | null} */
  #options = null;
  /** Picture and player, which are loaded with the first run. @type {Promise<void> | null} */
  #loading = null;
  #announced = 0;
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
      this.stop();
      this.player?.pause();
      this.#address?.cancel();
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
      if (now !== this.#state && this.#state !== null) this.dataset.state = this.#state;
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
    return this.#runs?.player ?? null;
  }

  /** Picture and player of the last run, once they are loaded. */
  get view() {
    const view = this.#parts?.player.querySelector('playground-player');
    return /** @type {import('./playground-player.js').PlaygroundPlayer | null} */ (view ?? null);
  }

  /**
   * Starts a run with what the controls say; a run that goes on is stopped first.
   * @param {number} [cursor] shows it at once, at this number of events
   */
  run(cursor) {
    this.#start({ cursor });
  }

  /** Ends the run that goes on, if there is one. */
  stop() {
    clearTimeout(this.#following);
    if (this.#starting !== null) {
      this.#starting = null;
      this.#parts?.controls.running(false);
      this.#say({ state: 'stopped', text: 'Stopped before it began.' });
    }
    this.#runs?.stop();
  }

  /** @param {Parameters<Runs['start']>[0]} how */
  #start(how) {
    clearTimeout(this.#following);
    const [parts, info] = [this.#parts, this.#info];
    if (parts === null || info === null) return;
    if (this.#runs !== null) return this.#runs.start(how);
    const starting = {};
    this.#starting = starting;
    parts.controls.running(true);
    this.#say({ state: 'running', text: '' });
    this.#loadRuns(parts, info).then(
      (runs) => {
        if (this.#starting !== starting) return;
        this.#starting = null;
        runs.start(how);
      },
      (error) => {
        if (this.#starting !== starting) return;
        this.#starting = null;
        parts.controls.running(false);
        this.#say({ state: 'error', text: 'The run could not be made.' });
        void explain(parts.note, error);
      },
    );
  }

  /**
   * @param {Parts} parts
   * @param {Brief} info
   */
  async #loadRuns(parts, info) {
    const { Runs } = await import('./runs.js');
    if (this.#runs !== null || this.#parts !== parts) return /** @type {Runs} */ (this.#runs);
    const runs = new Runs(this, info, parts.controls, {
      show: (recording, output, rules) => {
        parts.output.show(recording, output);
        parts.rules.show(rules, recording);
        this.view?.show();
        parts.frame.dispatchEvent(new Event('cursor'));
        this.#address?.changed();
      },
      say: (said) => this.#say(said),
      note: (text) => (parts.note.textContent = text),
      failed: (error) => void explain(parts.note, error),
      started: () => this.#started(parts, runs),
    });
    return (this.#runs = runs);
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
      // Pressed before the module is there, Run waits for it.
      if (this.#starting === null && !this.player?.recording) {
        this.#parts?.controls.running(false);
        this.#say({ state: 'before', text: BEFORE });
      }
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
    this.stop();
    this.#leave();
    this.#options?.leave();
    [this.#info, this.#parts, this.#options, this.#runs] = [null, null, null, null];
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
    const { controls } = parts;
    this.#parts = parts;
    this.#options?.leave();
    [this.#options, this.#loading] = [null, null];
    this.#fill(root, parts.frame);
    parts.player.replaceChildren(pictureBefore(this, info));
    const missing = missingSheet();
    if (missing !== undefined) void explain(parts.frame.insertBefore(h('p', { class: 'refusal', role: 'alert' }), parts.frame.firstChild), missing);
    parts.output.expect(info.expected);
    parts.rules.show(info.rules, null);
    this.#runs = null;
    this.#address = pageAddress(this, parts);
    controls.run.addEventListener('click', () => this.run());
    controls.stop.addEventListener('click', () => this.stop());
    controls.more.addEventListener('speedchange', () => {
      if (this.player !== null) this.player.speed = controls.speed();
    });
    // What makes runs, and the full module, which judges them, are not loaded with the page, but when the reader turns to
    // the playground. What fails is told when it is needed.
    const prepare = () => void Promise.all([this.#loadRuns(parts, info), ready()]).catch(() => {});
    for (const sign of ['pointerenter', 'focusin']) parts.playground.addEventListener(sign, prepare, { once: true });
    for (const change of ['change', 'settingchange', 'speedchange']) {
      parts.playground.addEventListener(change, () => this.#address?.changed());
    }
    // What opens over the picture closes as a menu does.
    parts.playground.addEventListener('pointerdown', (event) => {
      if (!event.composedPath().includes(controls.more)) controls.more.open = false;
    });
    parts.write.addEventListener('click', () => void this.#openEditor(parts, info));
    // A link to a program in Python.
    if (this.hasAttribute('primary') && location.hash.startsWith('#code=')) void this.#openEditor(parts, info);
    for (const sign of ['input', 'click']) controls.settings.addEventListener(sign, () => this.#follow(parts));
    controls.programs.addEventListener('program', () => void this.#runProgram(info, parts));
    parts.rules.addEventListener('seek', (event) => {
      this.view?.showEvent(/** @type {CustomEvent} */ (event).detail.seq);
      this.view?.scrollIntoView({ block: 'nearest' });
    });
    parts.output.addEventListener('choose', (event) => this.view?.chooseLine(/** @type {CustomEvent} */ (event).detail.line));
  }

  /**
   * Once there is a run on simulated time, it follows the settings.
   * @param {Parts} parts
   */
  #follow({ controls }) {
    clearTimeout(this.#following);
    this.#following = Number(
      setTimeout(() => {
        const [request, shown] = [controls.request(), this.player?.recording?.request];
        if (shown === undefined || 'error' in request || request.clock === 'real') return;
        if (JSON.stringify(request.settings) !== JSON.stringify(shown.settings)) this.#start({ cursor: Infinity });
      }, FOLLOW_AFTER_MS),
    );
  }

  /**
   * @param {Parts} parts
   * @param {Brief} info
   */
  async #openEditor(parts, info) {
    const { root, write } = { root: this.shadowRoot, write: parts.write };
    write.disabled = true;
    try {
      const [, style] = await Promise.all([import('../editor/playground-editor.js'), sheet('editor')]);
      if (root === null || this.#parts !== parts) return;
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
      parts.program.replaceChildren(Object.assign(h('playground-editor'), { of: { playground: this, info, parts } }));
    } catch (error) {
      write.disabled = false;
      void explain(parts.note, error, 'The editor did not load: ');
    }
  }

  /**
   * Runs the program whose card was pressed. One with a mistake is run where that shows, up to the first broken rule, and
   * the correct program below it.
   * @param {Brief} info
   * @param {Parts} parts
   */
  async #runProgram(info, parts) {
    const { controls } = parts;
    const { program } = controls;
    if (program === 'correct') return this.#start({});
    try {
      const { setToShow } = await import('./show-mistake.js');
      await setToShow(info.slug, controls);
    } catch {
      // It runs at the settings that are chosen.
    }
    if (this.#parts === parts && controls.program === program) this.#start({ shows: true });
  }

  /**
   * @param {Parts} parts
   * @param {Runs} runs
   */
  #started(parts, runs) {
    this.#address?.changed();
    this.#loading ??= this.#loadView(parts, runs).catch((error) => {
      this.#loading = null;
      void explain(parts.note, error, 'The picture did not load: ');
    });
  }

  /**
   * @param {Parts} parts
   * @param {Runs} runs
   */
  async #loadView(parts, runs) {
    const root = this.shadowRoot;
    const [, style] = await Promise.all([import('./playground-player.js'), sheet('player')]);
    if (root === null || this.#parts !== parts) return;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
    const view = Object.assign(h('playground-player'), { runs });
    view.addEventListener('chooseline', (event) => parts.output.choose(/** @type {CustomEvent} */ (event).detail.line));
    parts.player.replaceChildren(view);
    runs.show();
  }

  /**
   * Says how the run stands, in sight and to a screen reader.
   * @param {{state: State, text: string, word?: string, often?: boolean}} said `often`: the screen reader hears it now and then
   *   only; `word`: instead of that of the state
   */
  #say({ state, text, word, often = false }) {
    const parts = this.#parts;
    if (parts === null) return;
    const shown = parts.verdict.show(state, word);
    parts.summary.textContent = text;
    this.#state = state;
    this.dataset.state = state;
    const now = performance.now();
    if (often && now - this.#announced < ANNOUNCE_EVERY_MS) return;
    this.#announced = now;
    if (text !== BEFORE) parts.status.textContent = state === 'before' ? text : `${shown}: ${text}`;
  }
}

reflect(AsyncPlayground.prototype);
define('async-playground', AsyncPlayground);
