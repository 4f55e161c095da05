// `<async-playground exercise="ttl-cache">`: the bench on which an exercise is run.
//
// It lives in a shadow root: on a page of somebody else neither side's styles may reach the other, and ids stay its
// own. The sheets are constructed (see sheets.js), because the policy we promise forbids inline styles. What stands
// between the tags shows until the element wakes, or for good where there is no script.
//
// Fires, bubbling and composed: `ready`, `start`, `log`, `verdict`, `error`; playground.d.ts has their details. Removing
// it from the page ends its run. Its options beyond the exercise are options.js, which a bench without any never loads.

import { Base, define, fire, h } from '../dom.js';
import { counted, sentence } from '../run/text.js';
import { begin, describe, ready, rehearse } from '../api/engine.js';
import { PlaygroundError } from '../api/errors.js';
import { eased } from '../api/frames.js';
import { benchParts } from './parts.js';
import { ACTED, JUDGED, NOT_JUDGED, progress, summary, told } from './verdict-words.js';
import { OPTIONS, adopt, reflect } from './option-properties.js';
import { listenForKeys, pageAddress } from './page-playground.js';
import { actsOn, rulesAt, showLines } from './at-cursor.js';
import { benchSheets } from './sheets.js';

/**
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('../api/playground.js').SettingValues} SettingValues
 * @typedef {import('../api/playground.js').Report} Report
 * @typedef {import('./playground-verdict.js').State} State
 */

/** Between two announcements to a screen reader while lines stream. */
const ANNOUNCE_EVERY_MS = 2000;

export class AsyncPlayground extends Base {
  static observedAttributes = ['exercise', ...OPTIONS];

  #info = /** @type {Brief | null} */ (null);
  #parts = /** @type {Parts | null} */ (null);
  #run = /** @type {Going | null} */ (null);
  /** The run that is shown: the one that is going on, or the last one. @type {Going | null} */
  #shown = null;
  /** @type {ReturnType<typeof pageAddress>} */
  #address = null;
  #growth = eased(() => this.#showGrowth());
  #endKeys = () => {};
  /** Whether it has been put into a page: attributes that an upgrade brings come before that. */
  #placed = false;
  /** @type {import('./options.js').Options | null} */
  #options = null;
  /** Settles when the replay of the run has been loaded. @type {Promise<void>} */
  #loading = Promise.resolve();

  connectedCallback() {
    adopt(this);
    this.#placed = true;
    if (this.#info?.slug !== this.exercise) return void this.#wake();
    // It has been moved: its run has ended, and it can be run again.
    this.#endKeys = listenForKeys(this);
    void this.#heed();
  }

  /** Moved by `moveBefore`: everything goes on. */
  connectedMoveCallback() {}

  disconnectedCallback() {
    this.#placed = false;
    this.stop();
    this.#growth.cancel();
    this.#address?.cancel();
    this.#endKeys();
    this.#options?.leave();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (this.#placed) void (name === 'exercise' ? this.#wake() : this.#heed());
  }

  /** The slug of the exercise. */
  get exercise() {
    return this.getAttribute('exercise') ?? '';
  }

  set exercise(slug) {
    this.setAttribute('exercise', slug);
  }

  async #wake() {
    const slug = this.exercise;
    if (this.#info?.slug === slug) return;
    this.stop();
    try {
      const loading = ready(slug);
      // Whether it has failed is asked below.
      loading.catch(() => {});
      // Options that do not load are told at the head of the bench, once that is there.
      const [info, sheets] = await Promise.all([describe(slug), this.#sheets(), this.#optional().catch(() => {})]);
      if (!this.isConnected || slug !== this.exercise || this.#info?.slug === slug) return;
      this.stop();
      this.#info = info;
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = sheets;
      this.#render(root, info);
      await this.#heed();
      if (this.#info !== info) return;
      // Pressed before the module is there, Run waits for it.
      if (this.#run === null) {
        this.#parts?.controls.running(false);
        this.#say('ready', 'Press Run to start.');
      }
      this.#endKeys();
      if (this.isConnected) this.#endKeys = listenForKeys(this);
      await loading;
      if (this.#info !== info) return;
      fire(this, 'ready', { exercise: slug });
      // Not before there is nothing else to do. What goes wrong goes wrong again when somebody asks for a run.
      globalThis.requestIdleCallback?.(() => void rehearse(slug).catch(() => {}));
    } catch (error) {
      if (slug === this.exercise) this.#refuse(error);
    }
  }

  #sheets() {
    return benchSheets(this.hasAttribute('primary'));
  }

  /** Loads what reads the options, where there are any; null where there are none. */
  async #optional() {
    const some = this.#options !== null || OPTIONS.some((name) => this.hasAttribute(name));
    if (!some && !(this.hasAttribute('primary') && location.search !== '')) return null;
    const { Options, prepare } = await import('./options.js');
    return { Options, sheet: await prepare(this) };
  }

  /** Does what the options say, as far as that has changed. */
  async #heed() {
    const [info, parts, root] = [this.#info, this.#parts, this.shadowRoot];
    try {
      const optional = await this.#optional();
      if (optional === null || info === null || parts === null || root === null || this.#parts !== parts) return;
      const { Options, sheet } = optional;
      if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      this.#options ??= new Options(this, info, parts);
      if (this.isConnected) this.#options.update();
    } catch (error) {
      // The bench is there, and works without them.
      if (parts === null) return;
      parts.refusals.hidden = false;
      parts.refusals.textContent = told(error);
      fire(this, 'error', { exercise: this.exercise, error });
    }
  }

  /**
   * Says why there is no bench; what stands between the tags stays readable.
   * @param {unknown} error
   */
  #refuse(error) {
    this.stop();
    this.#endKeys();
    this.#options?.leave();
    [this.#info, this.#parts, this.#options] = [null, null, null];
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.replaceChildren(h('p', { class: 'frame refusal', role: 'alert' }, told(error)), h('slot'));
    void this.#sheets().then((sheets) => (root.adoptedStyleSheets = sheets));
    fire(this, 'error', { exercise: this.exercise, error });
  }

  /**
   * @param {ShadowRoot} root
   * @param {Brief} info
   */
  #render(root, info) {
    const parts = benchParts(info, () => this.help());
    this.#parts = parts;
    this.#options?.leave();
    this.#options = null;
    root.replaceChildren(parts.frame);
    parts.output.reset(info.expected);
    parts.rules.rules = info.rules;
    this.#listen(parts.controls);
    this.#address = pageAddress(this, info, parts);
  }

  /** @param {import('./controls.js').Controls} controls */
  #listen(controls) {
    controls.run.addEventListener('click', () => this.run());
    controls.stop.addEventListener('click', () => this.stop());
    // What the end of a run takes is not loaded with the page, but before it is asked for.
    const prepare = () => void ready().catch(() => {});
    for (const sign of ['pointerenter', 'focusin']) this.#parts?.bench.addEventListener(sign, prepare, { once: true });
    this.#parts?.search.addEventListener('found', (event) => {
      controls.replay(/** @type {CustomEvent} */ (event).detail.seed);
      this.run();
    });
    // What is no speed has no effect.
    controls.bar.addEventListener('speedchange', () => this.#run?.setSpeed(controls.speed() ?? 0));
    for (const change of ['change', 'settingchange', 'speedchange']) {
      this.shadowRoot?.querySelector('.bench')?.addEventListener(change, () => this.#address?.changed());
    }
    this.#parts?.rules.addEventListener('seek', (event) => {
      this.replay?.showEvent(/** @type {CustomEvent} */ (event).detail.seq);
      this.replay?.scrollIntoView({ block: 'nearest' });
    });
    this.#parts?.output.addEventListener('choose', (event) => this.replay?.chooseLine(/** @type {CustomEvent} */ (event).detail.line));
  }

  /** Starts a run with what the controls say; a run that is going on is stopped first. */
  run() {
    const [info, parts] = [this.#info, this.#parts];
    if (info === null || parts === null) return;
    this.stop();
    const request = parts.controls.request();
    if ('error' in request) {
      this.#say('ready', request.error);
      parts.status.textContent = request.error;
      const drawer = request.field?.closest('details');
      if (drawer) drawer.open = true;
      request.field?.focus();
      return;
    }
    const judged = parts.controls.untouched();
    const controller = new AbortController();
    const onEvents = (/** @type {Event[]} */ events) => this.#stream(run, events);
    /** @type {Going} */
    const run = {
      controller,
      clock: request.clock,
      judged,
      acted: false,
      trace: [],
      request,
      events: [],
      lines: [],
      times: [],
      outcome: null,
      announced: performance.now(),
      ...begin(info.slug, { ...request, settings: judged ? undefined : request.settings, signal: controller.signal, onEvents }, actsOn(info, request) !== null),
    };
    this.#run = run;
    this.#shown = run;
    parts.rules.trace = run.trace;
    this.#loading = this.#startReplay(run, info).catch((error) => this.#note(`The timeline did not load: ${told(error)}`));
    parts.controls.running(true);
    parts.output.reset(judged ? info.expected : null);
    parts.rules.rules = info.rules;
    this.#note(judged ? '' : NOT_JUDGED);
    this.#address?.offer(request);
    this.#say('running', judged ? progress(0, info.expected.length) : 'No lines yet.');
    fire(this, 'start', { exercise: info.slug });
    run.report.then(
      (report) => this.#conclude(run, report),
      (error) => this.#fail(run, error),
    );
  }

  /** Drops the run, if one is going on; its lines stay to be read. */
  stop() {
    const run = this.#run;
    if (run === null) return;
    run.controller.abort();
    this.#end(run, null);
    this.#say('stopped', `Stopped after ${counted(run.lines.length, 'line')}.`);
  }

  /**
   * @param {Going} run
   * @param {Report | null} report null if it was stopped or broke down
   */
  #end(run, report) {
    [this.#run, run.outcome] = [null, report];
    this.#parts?.controls.running(false);
    this.replay?.finish(report);
    // The last lines may have been held back.
    this.#showAt();
  }

  /**
   * @param {Going} run
   * @param {Event[]} events
   */
  #stream(run, events) {
    if (this.#run !== run) return;
    const logs = [];
    for (const event of events) {
      run.trace.push(event);
      if (event.kind !== 'log') continue;
      logs.push(event);
      run.lines.push(event.line);
      run.times.push(event.at);
    }
    if (this.replay === null) run.events = run.events.concat(events);
    else this.replay.add(events);
    this.#growth.call();
    // Last: whoever hears it may end the run.
    if (logs.length > 0) fire(this, 'log', { exercise: this.exercise, events: logs });
  }

  /** Shows how far the run has come. */
  #showGrowth() {
    const run = this.#run;
    if (run === null) return;
    const judged = this.#showAt();
    const text = judged ? progress(judged.done, judged.all) : `${counted(run.lines.length, 'line')} so far.`;
    if (run.lines.length > 0) this.#say('running', text, run);
  }

  /** The replay, once it has been loaded; null before the first run. */
  get replay() {
    const replay = this.#parts?.replay.firstElementChild;
    return /** @type {import('./playground-player.js').PlaygroundPlayer | null} */ (replay ?? null);
  }

  /** The replay of the last run, when it is there. */
  async replayed() {
    await this.#loading;
    return this.replay;
  }

  /**
   * Timeline and transport are loaded with the first run; events that come before them wait in the run.
   * @param {Going} run
   * @param {Brief} info
   */
  async #startReplay(run, info) {
    this.#address?.changed();
    const [parts, root] = [this.#parts, this.shadowRoot];
    if (parts === null || root === null) return;
    if (this.replay === null) {
      const { pictureSheet } = await import('./playground-player.js');
      const sheet = await pictureSheet();
      if (this.#parts !== parts || this.#shown !== run) return;
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      const replay = h('playground-player');
      replay.addEventListener('cursor', () => {
        this.#showAt();
        this.#address?.changed();
      });
      replay.addEventListener('act', (event) => this.#act(/** @type {CustomEvent} */ (event).detail));
      replay.addEventListener('chooseline', (event) => parts.output.choose(/** @type {CustomEvent} */ (event).detail.line));
      parts.replay.replaceChildren(replay);
      parts.replay.hidden = false;
    }
    this.replay?.start({ info, request: run.request });
    this.replay?.add(run.events.splice(0));
    if (this.#run !== run) this.replay?.finish(run.outcome);
  }

  /** The cursor of the replay; null where it is at the end, or there is none. */
  get cursor() {
    const { replay } = this;
    return replay === null || replay.cursor === replay.length ? null : replay.cursor;
  }

  /**
   * The reader takes a hand in the run, which is then no longer the one that is expected.
   * @param {{what: string, task?: number}} act
   */
  #act({ what, task }) {
    const [run, parts] = [this.#run, this.#parts];
    if (run === null || parts === null || !run.act(what, task)) return;
    run.acted = true;
    this.#note(ACTED);
    if (!run.judged) return;
    run.judged = false;
    parts.output.reset(null);
    this.#showAt();
  }

  /** Shows the keys. */
  async help() {
    await import('./playground-help.js');
    const frame = this.#parts?.frame;
    if (frame === undefined) return;
    const help = frame.querySelector('playground-help') ?? h('playground-help');
    frame.append(help);
    await help.open();
  }

  /** Shows output and rules as they stand at the cursor; says how many lines are as expected. */
  #showAt() {
    const [info, parts, run, replay] = [this.#info, this.#parts, this.#shown, this.replay];
    if (info === null || parts === null || run === null) return null;
    const ended = this.#run !== run;
    const over = ended && (replay === null || replay.cursor === replay.length);
    parts.rules.rules = rulesAt(info, run.outcome, replay?.cursor ?? 0, over);
    return showLines(parts.output, info, run, replay?.lines ?? run.lines.length, over);
  }

  /**
   * @param {Going} run
   * @param {Report} report
   */
  #conclude(run, report) {
    const info = this.#info;
    if (this.#run !== run || info === null) return;
    this.#end(run, report);
    const judged = report.judged === 'output and rules';
    const notes = [];
    if (report.error !== null) notes.push(sentence(`The run ended early: ${report.error}`));
    if (report.disturbed) notes.push('The tab was hidden while this live run went on and its timers were slowed: its times prove nothing.');
    notes.push(run.acted ? ACTED : judged ? JUDGED : NOT_JUDGED);
    this.#note(notes.join(' '));
    this.#say(report.verdict, summary(report));
    fire(this, 'verdict', { exercise: info.slug, report });
  }

  /**
   * @param {Going} run
   * @param {unknown} error
   */
  #fail(run, error) {
    if (this.#run !== run) return;
    this.#end(run, null);
    const trapped = error instanceof PlaygroundError && error.code === 'trap';
    this.#say('failed', trapped ? 'The playground itself broke down. Run starts it afresh.' : 'The run could not be made.');
    this.#note(told(error));
    fire(this, 'error', { exercise: this.exercise, error });
  }

  /** @param {string} text */
  #note(text) {
    if (this.#parts !== null) this.#parts.note.textContent = text;
  }

  /**
   * Tells how things stand, in sight and, now and then while a run streams, to a screen reader.
   * @param {State} state
   * @param {string} text
   * @param {Going} [streaming]
   */
  #say(state, text, streaming) {
    const parts = this.#parts;
    if (parts === null) return;
    parts.verdict.state = state;
    parts.summary.textContent = text;
    this.dataset.state = state;
    const now = performance.now();
    if (streaming !== undefined && now - streaming.announced < ANNOUNCE_EVERY_MS) return;
    if (streaming !== undefined) streaming.announced = now;
    if (state !== 'ready') parts.status.textContent = `${state}: ${text}`;
  }
}

/**
 * @typedef {ReturnType<typeof begin> & {controller: AbortController, clock: import('../api/playground.js').ClockName,
 *   judged: boolean, acted: boolean, request: import('./controls.js').RunRequest, events: Event[], trace: Event[], lines: string[],
 *   times: number[], outcome: Report | null, announced: number}} Going
 * @typedef {import('./parts.js').Parts} Parts
 */

reflect(AsyncPlayground.prototype);
define('async-playground', AsyncPlayground);
