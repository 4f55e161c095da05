// `<async-playground exercise="ttl-cache">`: the bench on which an exercise is run.
//
// It lives in a shadow root: on a page of somebody else neither side's styles may reach the other, and ids stay its
// own. The sheets are constructed (see sheets.js), because the policy we promise forbids inline styles. What stands
// between the tags shows until the element wakes, or for good where there is no script.
//
// Fires, bubbling: `ready`, `start`, `verdict` with the report in its detail. Removing it ends its run.

import './playground-knob.js';
import './playground-laws.js';
import './playground-search.js';
import './playground-transcript.js';
import './playground-verdict.js';

import { addressOf, writeAddress } from '../address.js';
import { Base, counted, define, h, sentence } from '../dom.js';
import { begin, describe, ready } from '../engine.js';
import { PlaygroundError } from '../errors.js';
import { eased } from '../frames.js';
import { benchControls } from './bench-controls.js';
import { JUDGED, NOT_JUDGED, progress, summary, told } from './bench-words.js';
import { addressWriter, listenForKeys, openAddress } from './page-bench.js';
import { lawsAt, showLines } from './replayed.js';
import { benchSheets } from './sheets.js';

/**
 * @typedef {import('../playground.js').Event} Event
 * @typedef {import('../playground.js').ExerciseInfo} ExerciseInfo
 * @typedef {import('../playground.js').KnobValues} KnobValues
 * @typedef {import('../playground.js').Report} Report
 * @typedef {import('./playground-verdict.js').State} State
 */

/** Between two announcements to a screen reader while lines stream. */
const ANNOUNCE_EVERY_MS = 2000;

export class AsyncPlayground extends Base {
  static observedAttributes = ['exercise'];

  #info = /** @type {ExerciseInfo | null} */ (null);
  #parts = /** @type {Parts | null} */ (null);
  #run = /** @type {Going | null} */ (null);
  /** The run that is shown: the one that is going on, or the last one. @type {Going | null} */
  #shown = null;
  /** @type {ReturnType<typeof addressWriter> | null} */
  #address = null;
  #growth = eased(() => this.#showGrowth());
  #endKeys = () => {};
  /** Settles when the replay of the run has been loaded. @type {Promise<void>} */
  #loading = Promise.resolve();

  connectedCallback() {
    void this.#wake();
  }

  disconnectedCallback() {
    this.stop();
    this.#growth.cancel();
    this.#address?.cancel();
    this.#endKeys();
  }

  attributeChangedCallback() {
    if (this.isConnected && this.shadowRoot !== null) void this.#wake();
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
      const [info, sheets] = await Promise.all([describe(slug), benchSheets(), ready(slug)]);
      if (!this.isConnected || slug !== this.exercise) return;
      this.#info = info;
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = sheets;
      this.#render(root, info);
      this.#endKeys();
      this.#endKeys = listenForKeys(this);
      this.dispatchEvent(new CustomEvent('ready', { bubbles: true, detail: { exercise: slug } }));
    } catch (error) {
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      this.#refuse(root, told(error));
    }
  }

  /**
   * Says why there is no bench; what stands between the tags stays readable.
   * @param {ShadowRoot} root
   * @param {string} why
   */
  #refuse(root, why) {
    this.#parts = null;
    root.replaceChildren(h('p', { class: 'refusal', role: 'alert' }, why), h('slot'));
  }

  /**
   * @param {ShadowRoot} root
   * @param {ExerciseInfo} info
   */
  #render(root, info) {
    const controls = benchControls(info);
    const parts = {
      controls,
      verdict: h('playground-verdict'),
      summary: h('p', { class: 'summary' }),
      transcript: h('playground-transcript'),
      note: h('p', { class: 'note' }),
      laws: h('playground-laws'),
      search: h('playground-search'),
      link: copyLink(),
      replay: h('div', { class: 'replay', hidden: true }),
      status: h('p', { class: 'visually-hidden', role: 'status' }),
    };
    this.#parts = parts;
    const keys = h('button', { type: 'button', class: 'quiet', 'aria-label': 'Keys', title: 'Keys' }, '?');
    keys.addEventListener('click', () => this.help());
    const standing = h('div', { class: 'standing' }, parts.verdict, parts.summary, parts.link.node, keys);
    const top = h('div', { class: 'top' }, standing, controls.bar, controls.mistake);
    const main = h('div', { class: 'main' }, parts.transcript, parts.note, parts.replay, parts.laws, parts.search);
    root.replaceChildren(
      h('section', { class: 'bench', 'aria-label': `Bench: ${info.title}` }, top, h('div', { class: 'body' }, main, controls.knobs), parts.status),
    );
    parts.transcript.reset(info.expected);
    parts.laws.laws = info.laws;
    parts.search.info = info;
    parts.search.settings = controls.settings;
    this.#say('ready', 'Press Run to start.');
    this.#listen(controls);
    this.#address = addressWriter(this, info, controls);
    openAddress(this, controls);
  }

  /** @param {import('./bench-controls.js').Controls} controls */
  #listen(controls) {
    controls.run.addEventListener('click', () => this.run());
    controls.stop.addEventListener('click', () => this.stop());
    // What the end of a run takes is not loaded with the page, but before it is asked for.
    const prepare = () => void ready().catch(() => {});
    for (const sign of ['pointerenter', 'focusin']) controls.bar.addEventListener(sign, prepare, { once: true });
    this.#parts?.search.addEventListener('found', (event) => {
      controls.replay(/** @type {CustomEvent} */ (event).detail.seed);
      this.run();
    });
    controls.bar.addEventListener('speedchange', () => this.#run?.setSpeed(controls.speed() ?? 1));
    for (const change of ['change', 'knobchange', 'speedchange']) {
      this.shadowRoot?.querySelector('.bench')?.addEventListener(change, () => this.#address?.changed());
    }
    this.#parts?.transcript.addEventListener('choose', (event) => this.replay?.chooseLine(/** @type {CustomEvent} */ (event).detail.line));
  }

  /** Starts a run with what the controls say; a run that is going on is stopped first. */
  run() {
    const [info, parts] = [this.#info, this.#parts];
    if (info === null || parts === null) return;
    this.stop();
    const settings = parts.controls.settings();
    if ('error' in settings) {
      this.#say('ready', settings.error);
      settings.field?.focus();
      return;
    }
    const judged = parts.controls.untouched();
    const controller = new AbortController();
    const onEvents = (/** @type {Event[]} */ events) => this.#stream(run, events);
    /** @type {Going} */
    const run = {
      controller,
      clock: settings.clock,
      judged,
      trace: [],
      settings,
      events: [],
      lines: [],
      times: [],
      outcome: null,
      announced: performance.now(),
      ...begin(info.slug, { ...settings, signal: controller.signal, onEvents }),
    };
    this.#run = run;
    this.#shown = run;
    parts.laws.trace = run.trace;
    this.#loading = this.#startReplay(run, info).catch((error) => this.#note(`The timeline did not load: ${told(error)}`));
    parts.controls.running(true);
    parts.transcript.reset(judged ? info.expected : null);
    parts.laws.laws = info.laws;
    this.#note(judged ? '' : NOT_JUDGED);
    if (this.hasAttribute('primary')) {
      parts.link.offer(location.origin + location.pathname + writeAddress(addressOf(info, settings, null)));
    }
    this.#say('running', judged ? progress(0, info.expected.length) : 'No lines yet.');
    this.dispatchEvent(new CustomEvent('start', { bubbles: true, detail: { exercise: info.slug } }));
    run.report.then(
      (report) => this.#conclude(run, report),
      (error) => this.#fail(run, error),
    );
  }

  /** Drops the run, if one is going on; its lines stay to be read. */
  stop() {
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    run.controller.abort();
    this.replay?.finish(null);
    this.#parts?.controls.running(false);
    this.#say('stopped', `Stopped after ${counted(run.lines.length, 'line')}.`);
  }

  /**
   * @param {Going} run
   * @param {Event[]} events
   */
  #stream(run, events) {
    if (this.#run !== run) return;
    for (const event of events) {
      run.trace.push(event);
      if (event.kind !== 'log') continue;
      run.lines.push(event.line);
      run.times.push(event.at);
    }
    if (this.replay === null) run.events = run.events.concat(events);
    else this.replay.add(events);
    this.#growth.call();
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
    return /** @type {import('./playground-replay.js').PlaygroundReplay | null} */ (replay ?? null);
  }

  /** The replay of the last run, when it is there. */
  async replayed() {
    await this.#loading;
    return this.replay;
  }

  /**
   * Timeline and transport are loaded with the first run; events that come before them wait in the run.
   * @param {Going} run
   * @param {ExerciseInfo} info
   */
  async #startReplay(run, info) {
    this.#address?.changed();
    const [parts, root] = [this.#parts, this.shadowRoot];
    if (parts === null || root === null) return;
    if (this.replay === null) {
      const { timelineSheet } = await import('./playground-replay.js');
      const sheet = await timelineSheet();
      if (this.#parts !== parts || this.#shown !== run) return;
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      const replay = h('playground-replay');
      replay.addEventListener('cursor', () => {
        this.#showAt();
        this.#address?.changed();
      });
      replay.addEventListener('chooseline', (event) => parts.transcript.choose(/** @type {CustomEvent} */ (event).detail.line));
      parts.replay.replaceChildren(replay);
      parts.replay.hidden = false;
    }
    this.replay?.start({ info, settings: run.settings });
    this.replay?.add(run.events.splice(0));
    if (this.#run !== run) this.replay?.finish(run.outcome);
  }

  /** The cursor of the replay; null where it is at the end, or there is none. */
  get cursor() {
    const { replay } = this;
    return replay === null || replay.cursor === replay.length ? null : replay.cursor;
  }

  /** Shows the keys. */
  async help() {
    await import('./playground-help.js');
    const root = this.shadowRoot;
    const help = root?.querySelector('playground-help') ?? h('playground-help');
    root?.append(help);
    help.open();
  }

  /** Shows transcript and laws as they stand at the cursor; says how many lines are as expected. */
  #showAt() {
    const [info, parts, run, replay] = [this.#info, this.#parts, this.#shown, this.replay];
    if (info === null || parts === null || run === null) return null;
    const ended = this.#run !== run;
    const over = ended && (replay === null || replay.cursor === replay.length);
    parts.laws.laws = lawsAt(info, run.outcome, replay?.cursor ?? 0, over);
    return showLines(parts.transcript, info, run, replay?.lines ?? run.lines.length, over);
  }

  /**
   * @param {Going} run
   * @param {Report} report
   */
  #conclude(run, report) {
    const [info, parts] = [this.#info, this.#parts];
    if (this.#run !== run || info === null || parts === null) return;
    this.#run = null;
    run.outcome = report;
    parts.controls.running(false);
    this.replay?.finish(report);
    this.#showAt();
    const judged = report.judged === 'transcript and laws';
    const notes = [];
    if (report.error !== null) notes.push(sentence(`The run ended early: ${report.error}`));
    if (report.disturbed) notes.push('The tab was hidden while this live run went on and its timers were slowed: its times prove nothing.');
    notes.push(judged ? JUDGED : NOT_JUDGED);
    this.#note(notes.join(' '));
    this.#say(report.verdict, summary(report));
    this.dispatchEvent(new CustomEvent('verdict', { bubbles: true, detail: { exercise: info.slug, report } }));
  }

  /**
   * @param {Going} run
   * @param {unknown} error
   */
  #fail(run, error) {
    if (this.#run !== run) return;
    this.#run = null;
    this.replay?.finish(null);
    this.#parts?.controls.running(false);
    const trapped = error instanceof PlaygroundError && error.code === 'trap';
    this.#say('failed', trapped ? 'The playground itself broke down. Run starts it afresh.' : 'The run could not be made.');
    this.#note(told(error));
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
 * @typedef {ReturnType<typeof begin> & {controller: AbortController, clock: import('../playground.js').ClockName,
 *   judged: boolean, settings: import('./bench-controls.js').Settings, events: Event[], trace: Event[], lines: string[],
 *   times: number[], outcome: Report | null, announced: number}} Going
 * @typedef {{controls: import('./bench-controls.js').Controls,
 *   verdict: import('./playground-verdict.js').PlaygroundVerdict, summary: HTMLElement,
 *   transcript: import('./playground-transcript.js').PlaygroundTranscript, note: HTMLElement,
 *   laws: import('./playground-laws.js').PlaygroundLaws, search: import('./playground-search.js').PlaygroundSearch,
 *   link: ReturnType<typeof copyLink>, replay: HTMLElement, status: HTMLElement}} Parts
 */

/** A button that copies the link to a run; where there is no clipboard to write to, the link itself is there. */
function copyLink() {
  let address = '';
  const copy = h('button', { type: 'button', class: 'quiet' }, 'Copy link');
  const plain = h('a', { hidden: true }, 'Link to this run');
  const node = h('div', { class: 'link', hidden: true }, copy, plain);
  copy.addEventListener('click', () => {
    navigator.clipboard.writeText(address).then(
      () => (copy.textContent = 'Link copied'),
      () => ([copy.hidden, plain.hidden] = [true, false]),
    );
  });
  return {
    node,
    /** @param {string} href */
    offer(href) {
      address = href;
      plain.href = href;
      copy.textContent = 'Copy link';
      node.hidden = false;
    },
  };
}

define('async-playground', AsyncPlayground);
