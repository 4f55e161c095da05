// `<async-playground exercise="ttl-cache">`: the bench on which an exercise is run.
//
// It lives in a shadow root: on a page of somebody else neither side's styles may reach the other, and ids stay its
// own. The sheets are constructed (see sheets.js), because the policy we promise forbids inline styles. What stands
// between the tags shows until the element wakes, or for good where there is no script.
//
// Fires, bubbling: `ready`, `start`, `verdict` with the report in its detail. Removing it ends its run.

import './playground-knob.js';
import './playground-laws.js';
import './playground-transcript.js';
import './playground-verdict.js';

import { Base, counted, define, h, milliseconds, sentence } from '../dom.js';
import { begin, compare, describe, ready } from '../engine.js';
import { PlaygroundError } from '../errors.js';
import { benchControls } from './bench-controls.js';
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

  connectedCallback() {
    void this.#wake();
  }

  disconnectedCallback() {
    this.stop();
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
      status: h('p', { class: 'visually-hidden', role: 'status' }),
    };
    this.#parts = parts;
    const top = h('div', { class: 'top' }, h('div', { class: 'standing' }, parts.verdict, parts.summary), controls.bar, controls.mistake);
    const main = h('div', { class: 'main' }, parts.transcript, parts.note, parts.laws);
    root.replaceChildren(
      h('section', { class: 'bench', 'aria-label': `Bench: ${info.title}` }, top, h('div', { class: 'body' }, main, controls.knobs), parts.status),
    );
    parts.transcript.reset(info.expected);
    parts.laws.laws = info.laws;
    this.#say('ready', 'Press Run to start.');
    this.#listen(controls);
  }

  /** @param {import('./bench-controls.js').Controls} controls */
  #listen(controls) {
    controls.run.addEventListener('click', () => this.run());
    controls.stop.addEventListener('click', () => this.stop());
    // What the end of a run takes is not loaded with the page, but before it is asked for.
    const prepare = () => void ready().catch(() => {});
    for (const sign of ['pointerenter', 'focusin']) controls.bar.addEventListener(sign, prepare, { once: true });
    controls.bar.addEventListener('speedchange', () => this.#run?.setSpeed(controls.speed() ?? 1));
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
      lines: [],
      times: [],
      announced: performance.now(),
      ...begin(info.slug, { ...settings, signal: controller.signal, onEvents }),
    };
    this.#run = run;
    parts.controls.running(true);
    parts.transcript.reset(judged ? info.expected : null);
    parts.laws.laws = info.laws;
    this.#note(judged ? '' : NOT_JUDGED);
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
    this.#parts?.controls.running(false);
    this.#say('stopped', `Stopped after ${counted(run.lines.length, 'line')}.`);
  }

  /**
   * @param {Going} run
   * @param {Event[]} events
   */
  #stream(run, events) {
    const [info, parts] = [this.#info, this.#parts];
    if (this.#run !== run || info === null || parts === null) return;
    const logs = events.filter((event) => event.kind === 'log');
    if (logs.length === 0) return;
    for (const { line, at } of logs) {
      run.lines.push(line);
      run.times.push(at);
    }
    if (run.judged) {
      const rows = compare(info.slug, run.lines, { clock: run.clock, finished: false });
      parts.transcript.show(rows, run.times);
      const done = rows.filter((row) => row.status === 'matched').length;
      this.#say('running', progress(done, rows.length), run);
    } else {
      parts.transcript.add(logs);
      this.#say('running', `${counted(run.lines.length, 'line')} so far.`, run);
    }
  }

  /**
   * @param {Going} run
   * @param {Report} report
   */
  #conclude(run, report) {
    const [info, parts] = [this.#info, this.#parts];
    if (this.#run !== run || info === null || parts === null) return;
    this.#run = null;
    parts.controls.running(false);
    const judged = report.judged === 'transcript and laws';
    if (judged) parts.transcript.show(report.rows, run.times);
    parts.laws.laws = report.laws;
    const notes = [];
    if (report.error !== null) notes.push(sentence(`The run ended early: ${report.error}`));
    if (report.disturbed) notes.push('The tab was hidden while this live run went on and its timers were slowed: its times prove nothing.');
    if (!judged) notes.push(NOT_JUDGED);
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

const NOT_JUDGED = 'With knobs away from their defaults the lines are not compared; only the laws judge.';

/**
 * @typedef {ReturnType<typeof begin> & {controller: AbortController, clock: import('../playground.js').ClockName,
 *   judged: boolean, lines: string[], times: number[], announced: number}} Going
 * @typedef {{controls: import('./bench-controls.js').Controls,
 *   verdict: import('./playground-verdict.js').PlaygroundVerdict, summary: HTMLElement,
 *   transcript: import('./playground-transcript.js').PlaygroundTranscript, note: HTMLElement,
 *   laws: import('./playground-laws.js').PlaygroundLaws, status: HTMLElement}} Parts
 */

/**
 * @param {number} done
 * @param {number} all
 */
function progress(done, all) {
  return `${done} of ${counted(all, 'line')} as expected.`;
}

/** @param {Report} report */
function summary(report) {
  const time = `${milliseconds(report.elapsed)} ms`;
  const wrong = report.rows.filter((row) => row.status !== 'matched').length;
  const broken = report.laws.filter((law) => !law.held).length;
  const said = [];
  if (report.judged === 'transcript and laws') {
    said.push(wrong === 0 ? 'Every line as expected' : `${counted(wrong, 'line')} not as expected`);
  }
  if (report.laws.length > 0) said.push(broken === 0 ? 'every law held' : `${counted(broken, 'law')} broken`);
  if (said.length === 0) said.push('The run is over');
  return sentence(`${said.join(', ')}, ${report.error === null ? 'in' : 'ended after'} ${time}`);
}

/** @param {unknown} error */
function told(error) {
  return sentence(error instanceof Error ? error.message : String(error));
}

define('async-playground', AsyncPlayground);
