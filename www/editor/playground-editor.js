// `<playground-editor>`: the program panel of a playground, where the reader writes the pattern in Python, has it judged, and
// may look at our answer, at a mistake, and at the program in Rust. Loaded when the reader opens it.
//
// The tab that is open is the program that Run runs. Code is kept in this browser, one text an exercise. The program of a link is
// shown in its place, and becomes the reader's own with the first change.

import { check, sources } from '../api/calls.js';
import { reading } from '../api/engine.js';
import { Base, define, fire, h, unlessMoved } from '../dom.js';
import { PROGRAM } from '../playground/parts.js';
import { leadTo } from '../playground/refused.js';
import { AS_IT_IS, isOwn, isPython } from '../run/request.js';
import { errorText } from '../run/status.js';
import { sentence } from '../run/text.js';
import { advice } from './advice.js';
import { askedTwice } from './asked-twice.js';
import { Kept } from './kept.js';
import { LONGEST, fromHash, hasCode } from './shared.js';

/**
 * @typedef {import('../api/playground.js').PythonReport} PythonReport
 * @typedef {import('../api/playground.js').PythonSources} PythonSources
 * @typedef {import('../playground/parts.js').Parts} Parts
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {'yours' | 'answer' | 'mistake' | 'correct'} Tab
 * @typedef {{text: () => string, write: (text: string) => void, mark: (lines: import('../run/program-lines.js').Lines | null) => void, focus: () => void}} Field where code is typed
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
  /** The mistake that was chosen last. @type {string | null} */
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
  /** Whether the better editor has been asked for. */
  #upgraded = false;
  /** Whether it has loaded the program in Rust. */
  #hasRust = false;
  /** Whether what it says is about the text as it is, so that a change ends it. */
  #ofText = false;

  connectedCallback() {
    if (this.of === null) return;
    this.#listen();
    // It has been put back into the page.
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
      askedTwice('Start over', () => (this.code = this.#starter)),
      button('Download', () => void this.#download(slug)),
      h('span', { class: 'aside', id: 'code-help' }, 'Ctrl+Enter runs it. To leave the text by keys: Escape, then Tab.'),
    );
    const told = h('div', { class: 'told', role: 'status' });
    const scenario = h('pre', { class: 'source', tabIndex: 0 });
    const answer = h('pre', { class: 'source', tabIndex: 0, hidden: true });
    // What stands in the slot unless the page around has the program.
    const rust = h('pre', { class: 'source', tabIndex: 0 });
    const reveal = h('button', { type: 'button' }, 'Show the answer');
    reveal.addEventListener('click', () => this.#reveal());
    const ask = h('div', { class: 'ask' }, h('p', {}, 'It opens when your program passes, or now.'), reveal);
    const pane = (/** @type {Tab} */ tab, /** @type {Node[]} */ ...nodes) =>
      h('div', { role: 'tabpanel', id: `pane-${tab}`, class: 'pane-of-code', 'aria-labelledby': `tab-${tab}`, hidden: true }, ...nodes);
    const mistake = pane('mistake');
    const panes = [
      pane('yours', told, place, tools, h('details', {}, h('summary', {}, 'What calls it'), scenario)),
      pane('answer', ask, answer),
      mistake,
      pane('correct', h('slot', { name: 'program' }, rust)),
    ];
    this.replaceChildren(list, ...panes);
    return { tabs, text, place, told, check, scenario, ask, answer, mistake, rust, panes };
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
      parts.text.value = this.#kept.code ?? this.#starter;
      this.#field = plain(parts.text);
      parts.text.addEventListener('input', () => this.#edited());
      parts.text.addEventListener('keydown', (event) => this.#typed(event));
      if (this.first === 'yours') this.open('yours');
      else this.#chosen();
      await this.#openLink();
    } catch (error) {
      parts.told.textContent = `Python is not here: ${errorText(error)}`;
      parts.text.disabled = true;
      this.#show(this.first === 'yours' ? 'yours' : 'correct');
    }
  }

  /** A better editor in place of the plain text field, once that is looked at and where it loads. @param {ReturnType<PlaygroundEditor['render']>} parts */
  async #upgrade(parts) {
    if (this.#field === null || this.#upgraded) return;
    this.#upgraded = true;
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

  /** Shows the program of the address, if it has one. */
  async #openLink() {
    const { hash } = location;
    if (!this.#hasLink || this.#field === null) return;
    const code = await fromHash(hash);
    // Another link may have been opened meanwhile.
    if (hash !== location.hash) return;
    this.open('yours');
    if (code === null) return this.#told(h('p', {}, `The program in the link cannot be read: the link is not whole, or the program has more than ${LONGEST} characters.`), true);
    this.#field?.write(code);
    this.#changed();
    const own = this.#kept.code;
    if (own === null) return this.#told(h('p', {}, 'This program came with the link. Press Run to try it, or change it as you like.'), true);
    const back = h('button', { type: 'button', class: 'small' }, 'Back to mine');
    back.addEventListener('click', () => {
      this.code = own;
      this.#field?.focus();
    });
    this.#told(h('p', {}, 'This program came with the link. Press Run to try it. Your own is stored until you change this one. ', back), true);
  }

  /** Whether the address has a program, for the playground that the page is about. */
  get #hasLink() {
    return (this.of?.playground.hasAttribute('primary') ?? false) && hasCode(location.hash);
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
    if (this.#field === null) return;
    this.#field.write(code);
    this.#edited();
  }

  /** @param {Tab} tab whose program the next run is of */
  open(tab) {
    const [parts, of] = [this.#parts, this.of];
    if (parts === null || of === null) return;
    of.parts.controls.learner = this;
    // An answer that is not to be seen yet is not run either.
    if (tab === 'answer' && parts.answer.hidden) this.#show(tab);
    else of.parts.controls.set('program', (tab === 'mistake' ? this.#mistake : tab) ?? 'correct');
  }

  /** A program was chosen, by its tab, its card or the page around: its tab is opened. A mistake is shown in Python, if it has that form. */
  #chosen() {
    const [parts, of] = [this.#parts, this.of];
    if (parts === null || of === null) return;
    of.parts.controls.learner = this;
    const { program } = of.parts.controls;
    if (isPython(program)) return this.#show(isOwn(program) ? 'yours' : 'answer');
    if (program === 'correct' || this.#sources === null) return this.#show('correct');
    this.#mistake = program;
    const text = this.#sources.mistakes[program];
    const inRust = of.playground.hasAttribute('primary') ? h('a', { href: 'mistakes/' }, 'The programs in Rust with the mistakes') : null;
    parts.mistake.replaceChildren(text === undefined ? h('p', { class: 'ask' }, 'This mistake is made in Rust only. ', inRust) : h('pre', { class: 'source', tabIndex: 0 }, ...marked(text)));
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
      button.hidden = button.value === 'mistake' && this.#mistake === null;
    }
    for (const pane of parts.panes) pane.hidden = pane.id !== `pane-${tab}`;
    if (tab === 'yours') void this.#upgrade(parts);
    if (tab === 'correct') void this.#loadRust(parts.rust);
    // Settings that Python does not have.
    for (const field of this.of?.parts.controls.settings.querySelectorAll('playground-setting') ?? []) {
      field.hidden = (tab === 'yours' || tab === 'answer') && (this.#sources?.fixed.includes(field.setting?.name ?? '') ?? false);
      if (field.hidden) field.reset();
    }
  }

  /** Loads the program in Rust, where the page around does not have it. @param {HTMLElement} place */
  async #loadRust(place) {
    const { of } = this;
    if (of === null || this.#hasRust || of.playground.querySelector(':scope > [slot="program"]') !== null) return;
    place.textContent = 'Loading…';
    try {
      const { source } = await reading(of.info.slug);
      place.textContent = source.lines.map(textOf).join('');
      this.#hasRust = true;
    } catch (error) {
      place.textContent = errorText(error);
    }
  }

  #listen() {
    const { playground, parts } = /** @type {NonNullable<PlaygroundEditor['of']>} */ (this.of);
    this.#hearing.abort();
    this.#hearing = new AbortController();
    const { signal } = this.#hearing;
    parts.controls.programs.addEventListener('change', () => this.#chosen(), { signal });
    addEventListener('hashchange', () => void this.#openLink(), { signal });
    parts.rules.addEventListener('lines', (event) => this.#mark(/** @type {CustomEvent} */ (event).detail), { signal });
    playground.addEventListener('start', () => this.#begun(), { signal });
    playground.addEventListener('verdict', (event) => void this.#judged(/** @type {CustomEvent} */ (event).detail.report), { signal });
  }

  /** Marks lines of the program that has run. @param {import('../run/program-lines.js').Lines} lines */
  #mark(lines) {
    const { playground, parts } = /** @type {NonNullable<PlaygroundEditor['of']>} */ (this.of);
    parts.turnTo(PROGRAM);
    this.open('yours');
    if (playground.player?.recording?.request.code !== this.code) return this.#told(h('p', {}, 'The program was changed after it ran: run it again to mark its lines.'), true);
    this.#field?.mark(lines);
    this.scrollIntoView({ block: 'nearest' });
  }

  /** A run has begun, which is what is looked at now. */
  #begun() {
    this.#fresh();
    this.#told(this.#mode());
  }

  /** @param {PythonReport} report */
  async #judged(report) {
    const [parts, of] = [this.#parts, this.of];
    if (parts === null || of === null || !isOwn(report.program)) return;
    const recording = of.playground.player?.recording ?? null;
    const code = recording?.request.code ?? '';
    const passed = report.verdict === 'passed';
    // It may have been changed while it ran: then lines are others, and what held of it is not known of the text.
    const isSame = code === this.code;
    parts.check.hidden = !passed || !isSame;
    this.#field?.mark(isSame && report.line !== null ? { from: report.line, to: report.line } : null);
    const remarks = this.#remarks(report);
    this.#told(remarks, isSame && report.program !== AS_IT_IS);
    if (report.program === AS_IT_IS) return;
    const seconds = Math.round((performance.now() - this.#began) / 1000);
    const broken = report.rules.filter(({ held }) => held === false).map(({ slug }) => slug);
    fire(of.playground, 'attempt', { exercise: of.info.slug, verdict: report.verdict, broken, error: report.error, settings: report.settings, seconds, code });
    if (passed) {
      fire(of.playground, 'solved', { exercise: of.info.slug, seconds, code });
      this.#reveal();
      const solved = isSame ? 'Solved at these settings. "Check harder" tries others, and other orders of tasks. ' : 'Solved, as it was when you pressed Run. ';
      return this.#told([h('p', {}, solved, this.#onward), ...remarks], isSame);
    }
    if (report.error !== null) return;
    const like = await advice(of.info, report, recording, this.#fresh());
    if (like === null) return;
    const show = h('button', { type: 'button', class: 'small' }, like.title);
    show.addEventListener('click', () => /** @type {HTMLElement | null} */ (of.parts.controls.programs.querySelector(`[value="${like.slug}"]`))?.click());
    this.#told([h('p', {}, 'This behaves like ', show, '.'), ...remarks], isSame);
  }

  /** What Python remarks on a run, and the other way to run the program. @param {PythonReport} report */
  #remarks({ notes, is_whole, program }) {
    const texts = notes.map(({ message, line }) => sentence(line === null || message.startsWith('Line ') ? message : `Line ${line}: ${message}`));
    return [
      ...(texts.length === 0 ? [] : [h('ul', { role: 'list' }, ...texts.map((text) => h('li', {}, text)))]),
      ...(program === AS_IT_IS ? this.#mode() : is_whole ? [h('p', {}, this.#other(AS_IT_IS, 'Run it as it is'), ' It then runs by itself: nothing is left out, and nothing is judged.')] : []),
    ];
  }

  /** Says that Run runs the program as it is, where it does, with the way back. */
  #mode() {
    if (this.of?.parts.controls.program !== AS_IT_IS) return [];
    return [h('p', {}, 'The Run button now runs the program as it is: nothing is left out, and nothing is judged. ', this.#other('yours', 'Run it in the exercise'))];
  }

  /** A button that runs the text as another program. @param {string} program @param {string} name */
  #other(program, name) {
    const button = h('button', { type: 'button', class: 'small' }, name);
    button.addEventListener('click', () => {
      const { playground, parts } = /** @type {NonNullable<PlaygroundEditor['of']>} */ (this.of);
      parts.controls.set('program', program);
      playground.run();
    });
    return button;
  }

  /** The way to the next exercise, on a page of the site. */
  get #onward() {
    const next = this.of?.playground.hasAttribute('primary') ? document.querySelector('.pager a[rel="next"]') : null;
    return next && h('a', { href: next.getAttribute('href') }, `Next: ${next.lastChild?.textContent ?? ''}`);
  }

  async #checkHarder() {
    const [parts, of] = [this.#parts, this.of];
    if (parts === null || of === null) return;
    const request = of.parts.controls.request();
    if ('error' in request) {
      this.#told(h('p', {}, request.error));
      return leadTo(request);
    }
    const signal = this.#fresh();
    const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Runs done' });
    this.#told(h('p', {}, 'Other settings and orders: ', bar), true);
    try {
      const found = await check(of.info.slug, {
        code: this.code,
        signal,
        onProgress: (/** @type {{tried: number, runs: number}} */ { tried, runs }) => {
          [bar.max, bar.value] = [runs, tried];
        },
      });
      const { failure } = found;
      if (failure === null) return this.#told(h('p', {}, `It held in all ${found.tried} runs, each at other settings or in another order of tasks. `, this.#onward), true);
      const show = h('button', { type: 'button', class: 'small' }, 'Show this run');
      show.addEventListener('click', () => {
        const { controls } = of.parts;
        for (const { name } of of.info.settings) controls.setSetting(name, failure.settings[name]);
        controls.set('seed', failure.seed ?? undefined);
        for (const name of /** @type {const} */ (['order', 'interfere'])) controls.set(name, undefined);
        of.playground.run();
      });
      const why = failure.rules[0]?.evidence ?? failure.error ?? '';
      if (of.parts.verdict.getAttribute('state') === 'passed') of.parts.summary.textContent = 'At the usual settings. At others it breaks a rule.';
      this.#told(h('p', { class: 'wrong' }, `Solved at these settings. At others it is not: run ${found.tried} of ${found.runs} broke a rule: ${sentence(why)} `, show));
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

  /**
   * @param {Node | Node[] | null} what
   * @param {boolean} [ofText] whether a change of the text ends it
   */
  #told(what, ofText = false) {
    this.#ofText = ofText;
    this.#parts?.told.replaceChildren(...(what === null ? [] : [what].flat()));
  }

  /** The text is another one: what is known of the one before does not hold of it. */
  #changed() {
    this.#fresh();
    if (this.#ofText) this.#told(null);
    const { verdict, summary } = this.of?.parts ?? {};
    if (verdict?.getAttribute('state') === 'passed' && summary !== undefined) summary.textContent = 'Before your last change. Press Run to have it judged again.';
    this.#field?.mark(null);
    if (this.#parts !== null) this.#parts.check.hidden = true;
  }

  /** The text is the reader's own from now on. */
  #edited() {
    this.#changed();
    this.#kept.code = this.code;
    // A reload would show the program of the link again.
    if (this.#hasLink) history.replaceState(history.state, '', location.pathname + location.search);
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
 * The text of a tree of nodes.
 * @param {import('../playground/playground-reading.js').Tree} tree
 * @returns {string}
 */
function textOf(tree) {
  return typeof tree === 'string' ? tree : tree.slice(2).map((part) => textOf(/** @type {typeof tree} */ (part))).join('');
}

/**
 * The text of a program, in which the line that tells its mistake is marked.
 * @param {string} text
 */
function marked(text) {
  return text.split(/^( *# Mistake:.*)$/m).map((part, place) => (place % 2 === 1 ? h('mark', {}, part) : part));
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
    mark(lines) {
      text.setAttribute('aria-invalid', String(lines !== null));
      if (lines === null) return;
      const all = text.value.split('\n');
      const begin = all.slice(0, lines.from - 1).join('\n').length + (lines.from > 1 ? 1 : 0);
      text.setSelectionRange(begin, begin + all.slice(lines.from - 1, lines.to).join('\n').length);
    },
    focus: () => text.focus(),
  };
}

define('playground-editor', PlaygroundEditor);
