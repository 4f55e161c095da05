// `<playground-editor>`: the program panel of a playground, where the reader writes the pattern in Python, has it judged, and
// may look at our answer, at a mistake, and at the program in Rust. Loaded when the reader opens it.
//
// The tab that is open is the program that Run runs. Code is kept in this browser, one text an exercise.

import { sources } from '../api/calls.js';
import { Base, define, fire, h, unlessMoved } from '../dom.js';
import { errorText } from '../run/status.js';
import { sentence } from '../run/text.js';
import { Kept } from './kept.js';
import { advice } from './advice.js';
import { fromHash, hasCode } from './shared.js';

/**
 * @typedef {import('../api/playground.js').PythonReport} PythonReport
 * @typedef {import('../api/playground.js').PythonSources} PythonSources
 * @typedef {import('../playground/parts.js').Parts} Parts
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {'yours' | 'answer' | 'mistake' | 'correct'} Tab
 * @typedef {{text: () => string, write: (text: string) => void, mark: (line: number | null) => void, focus: () => void}} Field where code is typed
 */

/** @type {Record<Tab, string>} */
const TABS = { yours: 'Yours', answer: 'Answer', mistake: 'Mistake', correct: 'Rust' };
/** The key under which it is kept that a reader has seen an answer. */
const SEEN = 'async-playground:answer:';

export class PlaygroundEditor extends Base {
  /** To be set before it is put into the page. @type {{playground: import('../playground/async-playground.js').AsyncPlayground, info: Brief, parts: Parts} | null} */
  of = null;
  /** What it shows first. @type {'yours' | 'mistake'} */
  first = 'yours';
  #kept = new Kept('');
  /** The mistake whose card was pressed last. @type {string | null} */
  #mistake = null;
  #sources = /** @type {PythonSources | null} */ (null);
  #field = /** @type {Field | null} */ (null);
  #parts = /** @type {ReturnType<PlaygroundEditor['render']> | null} */ (null);
  /** Ends the work that is done for the reader beside runs. */
  #working = new AbortController();
  /** Ends what it hears of its playground. */
  #hearing = new AbortController();
  /** When the reader began, by the clock of the page. */
  #began = performance.now();

  connectedCallback() {
    if (this.of === null) return;
    // It has been put back into the page.
    if (this.#field !== null) this.#listen();
    if (this.#parts !== null) return;
    this.#kept = new Kept(this.of.info.slug);
    this.#parts = this.render(this.of.info);
    void this.#load(this.of.info.slug);
  }

  disconnectedCallback() {
    unlessMoved(this, () => {
      this.#fresh();
      this.#hearing.abort();
    });
  }

  /** @param {Brief} info */
  render({ slug }) {
    const tabs = /** @type {Tab[]} */ (Object.keys(TABS)).map((tab) => {
      const button = h('button', { type: 'button', role: 'tab', id: `tab-${tab}`, value: tab, 'aria-controls': `pane-${tab}` }, TABS[tab]);
      button.addEventListener('click', () => this.open(tab));
      return button;
    });
    const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Programs' }, ...tabs);
    list.addEventListener('keydown', (event) => this.#rove(event));
    const text = h('textarea', { class: 'code-text', 'aria-label': 'Your program, in Python', spellcheck: false, autocapitalize: 'off', 'aria-describedby': 'code-help' });
    const place = h('div', { class: 'code-place' }, text);
    const button = (/** @type {string} */ name, /** @type {() => void} */ act) => {
      const made = h('button', { type: 'button', class: 'small' }, name);
      made.addEventListener('click', act);
      return made;
    };
    const check = h('button', { type: 'button', class: 'small', hidden: true }, 'Check harder');
    check.addEventListener('click', () => void this.#checkHarder());
    const tools = h(
      'div',
      { class: 'tools' },
      check,
      button('Start over', () => this.#reset()),
      button('Download', () => void this.#download(slug)),
      h('span', { class: 'aside', id: 'code-help' }, 'Ctrl+Enter runs it. To leave the text by keys: Escape, then Tab.'),
    );
    const told = h('div', { class: 'told', role: 'status' });
    const scenario = h('pre', { class: 'source', tabIndex: 0 });
    const answer = h('pre', { class: 'source', tabIndex: 0, hidden: true });
    const mistake = h('div', {});
    const reveal = h('button', { type: 'button' }, 'Show the answer');
    reveal.addEventListener('click', () => this.#reveal());
    const ask = h('div', { class: 'ask' }, h('p', {}, 'It opens when your program passes, or now.'), reveal);
    const pane = (/** @type {Tab} */ tab, /** @type {Node[]} */ ...nodes) =>
      h('div', { role: 'tabpanel', id: `pane-${tab}`, class: 'pane-of-code', 'aria-labelledby': `tab-${tab}`, hidden: true }, ...nodes);
    const panes = [
      pane('yours', told, place, tools, h('details', {}, h('summary', {}, 'What calls it'), scenario)),
      pane('answer', ask, answer),
      pane('mistake', mistake),
      pane('correct', h('slot', { name: 'program' })),
    ];
    this.replaceChildren(list, ...panes);
    return { tabs, text, place, told, check, scenario, ask, answer, mistake, panes };
  }

  /** @param {string} slug */
  async #load(slug) {
    const parts = this.#parts;
    if (parts === null) return;
    try {
      const found = await sources(slug);
      this.#sources = found;
      parts.scenario.textContent = found.scenario;
      parts.answer.textContent = found.answer;
      if (new Kept(slug, SEEN).code !== null) this.#reveal();
      const shared = this.of?.playground.hasAttribute('primary') && hasCode(location.hash) ? await fromHash(location.hash) : null;
      parts.text.value = shared ?? this.#kept.code ?? this.#starter;
      this.#field = plain(parts.text);
      parts.text.addEventListener('input', () => this.#edited());
      parts.text.addEventListener('keydown', (event) => this.#typed(event));
      if (this.first === 'yours') this.open('yours');
      else this.#pressed();
      this.#listen();
      if (shared !== null) this.#told(h('p', {}, "This is somebody else's program, from the link. Yours is kept until you change this one."));
      await this.#upgrade(parts);
    } catch (error) {
      parts.told.textContent = `Python is not here: ${errorText(error)}`;
      this.open('correct');
    }
  }

  /** A better editor in place of the plain text field, where it loads. @param {ReturnType<PlaygroundEditor['render']>} parts */
  async #upgrade(parts) {
    const { codeMirror } = await import('./codemirror.js').catch(() => ({ codeMirror: null }));
    if (codeMirror === null) return;
    const hadFocus = parts.text.matches(':focus');
    this.#field = codeMirror(parts.place, parts.text.value, {
      changed: () => this.#edited(),
      run: () => this.of?.playground.run(),
      label: 'Your program, in Python',
    });
    if (hadFocus) this.#field.focus();
  }

  /** What a reader begins with: the page around the playground may give another one. */
  get #starter() {
    const { playground } = /** @type {NonNullable<PlaygroundEditor['of']>} */ (this.of);
    const given = playground.getAttribute('code') ?? playground.querySelector(':scope > [slot="code"]')?.textContent;
    return given ?? this.#sources?.starter ?? '';
  }

  /** Shows the answer, which is remembered. */
  #reveal() {
    const parts = this.#parts;
    if (parts === null) return;
    [parts.ask.hidden, parts.answer.hidden] = [true, false];
    new Kept(this.of?.info.slug ?? '', SEEN).code = 'seen';
    if (parts.panes.some((pane) => pane.id === 'pane-answer' && !pane.hidden)) this.open('answer');
  }

  /** The code as it is now. */
  get code() {
    return this.#field?.text() ?? '';
  }

  set code(code) {
    this.#field?.write(code);
    this.#edited();
  }

  /** @param {Tab} tab whose program the next run is of */
  open(tab) {
    const [parts, of] = [this.#parts, this.of];
    if (parts === null || of === null) return;
    this.#show(tab);
    of.parts.controls.learner = this;
    const program = tab === 'mistake' ? this.#mistake : tab;
    // An answer that is not to be seen yet is not run either.
    if (tab !== 'answer' || !parts.answer.hidden) of.parts.controls.set('program', program ?? 'correct');
  }

  /** The card of a program was pressed: a mistake is shown in Python, if it has that form. */
  #pressed() {
    const [parts, of] = [this.#parts, this.of];
    if (parts === null || of === null) return;
    of.parts.controls.learner = this;
    const { program } = of.parts.controls;
    this.#mistake = program === 'correct' ? null : program;
    if (this.#mistake === null) return this.#show('correct');
    const text = this.#sources?.mistakes[program];
    const inRust = of.playground.hasAttribute('primary') ? h('a', { href: 'mistakes/' }, 'The programs in Rust with the mistakes') : null;
    parts.mistake.replaceChildren(text === undefined ? h('p', { class: 'ask' }, 'This mistake is made in Rust only. ', inRust) : h('pre', { class: 'source', tabIndex: 0 }, text));
    this.#show('mistake');
  }

  /** @param {Tab} tab */
  #show(tab) {
    const parts = this.#parts;
    if (parts === null) return;
    for (const button of parts.tabs) {
      const open = button.value === tab;
      button.setAttribute('aria-selected', String(open));
      button.tabIndex = open ? 0 : -1;
      button.hidden = (button.value === 'mistake' && this.#mistake === null) || (button.value === 'correct' && !this.#hasRust);
    }
    for (const pane of parts.panes) pane.hidden = pane.id !== `pane-${tab}`;
    // Settings that Python does not have.
    for (const field of this.of?.parts.controls.settings.querySelectorAll('playground-setting') ?? []) {
      field.hidden = (tab === 'yours' || tab === 'answer') && (this.#sources?.fixed.includes(field.setting?.name ?? '') ?? false);
      if (field.hidden) field.reset();
    }
  }

  /** Whether the page has the program in Rust. */
  get #hasRust() {
    return this.of?.playground.querySelector(':scope > [slot="program"]') !== null;
  }

  #listen() {
    const { playground, parts } = /** @type {NonNullable<PlaygroundEditor['of']>} */ (this.of);
    this.#hearing.abort();
    this.#hearing = new AbortController();
    const { signal } = this.#hearing;
    // A card chooses a program in Rust.
    parts.controls.programs.addEventListener('program', () => this.#pressed(), { signal });
    playground.addEventListener('start', () => this.#told(null), { signal });
    playground.addEventListener('verdict', (event) => void this.#judged(/** @type {CustomEvent} */ (event).detail.report), { signal });
  }

  /** @param {PythonReport} report */
  async #judged(report) {
    const [parts, of] = [this.#parts, this.of];
    if (parts === null || of === null || report.program !== 'yours') return;
    const { code } = this;
    const passed = report.verdict === 'passed';
    parts.check.hidden = !passed;
    const seconds = Math.round((performance.now() - this.#began) / 1000);
    const broken = report.rules.filter(({ held }) => held === false).map(({ slug }) => slug);
    fire(of.playground, 'attempt', { exercise: of.info.slug, verdict: report.verdict, broken, error: report.error, settings: report.settings, seconds, code });
    if (passed) fire(of.playground, 'solved', { exercise: of.info.slug, seconds, code });
    this.#field?.mark(report.line);
    const notes = report.notes.map(({ message, line }) => sentence(line === null || message.startsWith('Line ') ? message : `Line ${line}: ${message}`));
    this.#told(notes.length === 0 ? null : h('ul', { role: 'list' }, ...notes.map((note) => h('li', {}, note))));
    if (passed) this.#reveal();
    if (passed) {
      return void this.#told(h('p', {}, 'Solved at these settings. "Check harder" tries others, and other orders of tasks. ', this.#onward));
    }
    if (report.error !== null) return;
    const like = await advice(of.info, report, of.playground.player?.recording ?? null, this.#fresh());
    if (like === null) return;
    const show = h('button', { type: 'button', class: 'small' }, like.title);
    show.addEventListener('click', () => /** @type {HTMLElement | null} */ (of.parts.controls.programs.querySelector(`[value="${like.slug}"]`))?.click());
    this.#told(h('p', {}, 'This behaves like ', show, '.'));
  }

  /** The way to the next exercise, on a page of the site. */
  get #onward() {
    const next = this.of?.playground.hasAttribute('primary') ? document.querySelector('.pager a[rel="next"]') : null;
    return next && h('a', { href: next.getAttribute('href') }, `Next: ${next.lastChild?.textContent ?? ''}`);
  }

  async #checkHarder() {
    const [parts, of] = [this.#parts, this.of];
    if (parts === null || of === null) return;
    const { check } = await import('../api/calls.js');
    const signal = this.#fresh();
    const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Runs done' });
    this.#told(h('p', {}, 'Other settings and orders: ', bar));
    try {
      const found = await check(of.info.slug, {
        code: this.code,
        signal,
        onProgress: (/** @type {{tried: number, runs: number}} */ { tried, runs }) => {
          [bar.max, bar.value] = [runs, tried];
        },
      });
      if (found.failure === null) return void this.#told(h('p', {}, `It held in all ${found.tried} runs, each at other settings or in another order of tasks. `, this.#onward));
      const { failure } = found;
      const show = h('button', { type: 'button', class: 'small' }, 'Show this run');
      show.addEventListener('click', () => {
        const { controls } = of.parts;
        for (const { name } of of.info.settings) controls.setSetting(name, failure.settings[name]);
        controls.set('seed', failure.seed ?? undefined);
        of.playground.run();
      });
      const why = failure.rules[0]?.evidence ?? failure.error ?? '';
      this.#told(h('p', {}, `Run ${found.tried} of ${found.runs} broke a rule: ${sentence(why)} `, show));
    } catch (error) {
      if (!signal.aborted) this.#told(h('p', {}, errorText(error)));
    }
  }

  /** Ends what is going on beside runs, for the next. */
  #fresh() {
    this.#working.abort();
    this.#working = new AbortController();
    return this.#working.signal;
  }

  /** @param {Node | null} what */
  #told(what) {
    this.#parts?.told.replaceChildren(...(what === null ? [] : [what]));
  }

  #edited() {
    this.#fresh();
    this.#kept.code = this.code;
    this.#field?.mark(null);
    if (this.#parts !== null) this.#parts.check.hidden = true;
  }

  #reset() {
    if (this.#sources !== null && confirm('Replace your program by the starter?')) this.code = this.#starter;
  }

  /** @param {string} slug */
  async #download(slug) {
    const { download } = await import('../playground/exports.js');
    download(`${slug}.py`, 'text/x-python', [this.code]);
  }

  /** @param {KeyboardEvent} event in the plain text field */
  #typed(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.of?.playground.run();
    }
  }

  /** @param {KeyboardEvent} event */
  #rove(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const tabs = (this.#parts?.tabs ?? []).filter(({ hidden }) => !hidden);
    if (by === undefined || tabs.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const next = tabs[(at + by + tabs.length) % tabs.length];
    next?.focus();
    next?.click();
  }
}

/**
 * The text field of the browser.
 * @param {HTMLTextAreaElement} text
 * @returns {Field}
 */
function plain(text) {
  return {
    text: () => text.value,
    write: (code) => void (text.value = code),
    mark(line) {
      text.setAttribute('aria-invalid', String(line !== null));
      if (line === null) return;
      const lines = text.value.split('\n');
      const begin = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
      text.setSelectionRange(begin, begin + (lines[line - 1]?.length ?? 0));
    },
    focus: () => text.focus(),
  };
}

define('playground-editor', PlaygroundEditor);
