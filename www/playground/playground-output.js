// `<playground-output>`: expected lines beside actual ones, row by row, each with its time and its mark.
//
// Rows of all expected lines are there from the start, as pending, so that nothing moves during a run. Where the output is
// not compared (with changed settings, for instance) it shows the lines alone, without marks.
// The roles repeat what the table elements mean: as grid boxes they would lose it in some browsers.
//
// Fires `choose` with the number of a line, whose time is a button; of these one is a tab stop, arrows reach the rest.

import { Base, define, h, icon, relabel } from '../dom.js';
import { counted, milliseconds } from '../run/text.js';

/**
 * @typedef {import('../api/playground.js').Row} Row
 * @typedef {import('../run/recording.js').Recording} Recording
 */

/** More rows than this are counted, not shown: a longer table would only slow the page. */
const MOST_ROWS = 1000;
/** Of lines that are not judged the last ones are shown, in a window that moves on in leaps. */
const LISTED = { most: 300, leap: 100 };

/** @type {Record<Row['status'], {word: string, icon: import('../dom.js').IconName | null}>} */
const MARKS = {
  pending: { word: 'pending', icon: null },
  matched: { word: 'as expected', icon: 'passed' },
  mismatched: { word: 'differs', icon: 'failed' },
  missing: { word: 'missing', icon: 'missing' },
  extra: { word: 'not expected', icon: 'extra' },
};

export class PlaygroundOutput extends Base {
  #body = /** @type {HTMLTableSectionElement | null} */ (null);
  #more = /** @type {HTMLElement | null} */ (null);
  /** What each row shows, to touch only what changed. @type {string[]} */
  #shown = [];
  #chosen = /** @type {number | null} */ (null);
  #recording = /** @type {Recording | null} */ (null);

  connectedCallback() {
    if (this.#body === null) this.#render();
  }

  #render() {
    this.#body = h('tbody', { role: 'rowgroup' });
    this.#more = h('p', { class: 'aside', hidden: true });
    const heads = ['ms', 'Mark', 'Expected', 'Actual'].map((text) =>
      h('th', { role: 'columnheader', scope: 'col', class: text.toLowerCase() }, text),
    );
    const head = h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...heads));
    const caption = h('caption', { class: 'visually-hidden' }, 'Expected and actual output');
    this.replaceChildren(this.#more, h('table', { role: 'table' }, caption, head, this.#body));
    this.#body.addEventListener('click', (event) => {
      const row = /** @type {Element} */ (event.target).closest('tr[data-line]');
      // A reader who marks text to copy it does not choose; one who presses a key, with no click to count, does.
      if (row === null || (event.detail > 0 && String(globalThis.getSelection?.() ?? '') !== '')) return;
      this.dispatchEvent(new CustomEvent('choose', { detail: { line: Number(row.getAttribute('data-line')) } }));
    });
    this.#body.addEventListener('keydown', (event) => this.#rove(event));
  }

  /**
   * Shows the expected lines as pending, before there is a run.
   * @param {string[]} expected
   */
  expect(expected) {
    this.#recording = null;
    this.#show(expected.map((line) => ({ status: 'pending', expected: line, actual: null, ellipsis: line === '...', blanks: null })));
  }

  /**
   * Shows the output of a run at a cursor.
   * @param {Recording} recording
   * @param {import('../run/at-cursor.js').Output} output
   */
  show(recording, { rows, lines, compared }) {
    if (recording !== this.#recording) this.#chosen = null;
    this.#recording = recording;
    if (compared) return this.#show(rows);
    this.#unjudge(true);
    const first = Math.max(0, Math.ceil((lines - LISTED.most) / LISTED.leap) * LISTED.leap);
    for (let line = first; line < lines; line += 1) {
      this.#put(line - first, { status: 'pending', expected: null, actual: recording.log(line)?.line ?? '', ellipsis: false, blanks: null }, line);
    }
    this.#cut(lines - first);
    this.#tell(first > 0 ? `${counted(first, 'line')} before these, not shown` : '');
  }

  /** @param {Row[]} rows */
  #show(rows) {
    this.#unjudge(false);
    let line = 0;
    rows.slice(0, MOST_ROWS).forEach((row, index) => this.#put(index, row, row.actual === null ? undefined : line++));
    this.#cut(Math.min(rows.length, MOST_ROWS));
    this.#tell(rows.length > MOST_ROWS ? `${counted(rows.length - MOST_ROWS, 'line')} more, not shown` : '');
  }

  /** @param {boolean} unjudged whether there are lines without marks, and none that are expected */
  #unjudge(unjudged) {
    this.connectedCallback();
    if (this.hasAttribute('unjudged') === unjudged) return;
    this.toggleAttribute('unjudged', unjudged);
    this.#cut(0);
  }

  /** Marks the row of a line as chosen. @param {number | null} line */
  choose(line) {
    this.#chosen = line;
    for (const row of this.#body?.children ?? []) {
      row.toggleAttribute('data-chosen', line !== null && row.getAttribute('data-line') === String(line));
    }
    const chosen = this.#body?.querySelector('[data-chosen] button');
    if (chosen) this.#stopAt(/** @type {HTMLElement} */ (chosen));
  }

  /** @param {number} length how many rows stay */
  #cut(length) {
    while (this.#shown.length > length) {
      this.#shown.pop();
      this.#body?.lastElementChild?.remove();
    }
    const stop = this.#body?.querySelector('button[tabindex="0"]') ?? this.#body?.querySelector('button');
    if (stop) this.#stopAt(/** @type {HTMLElement} */ (stop));
  }

  /** @param {HTMLElement} button the one that Tab reaches */
  #stopAt(button) {
    if (button.tabIndex === 0) return;
    for (const other of this.#body?.querySelectorAll('button[tabindex="0"]') ?? []) other.setAttribute('tabindex', '-1');
    button.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  #rove(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const buttons = /** @type {HTMLElement[]} */ ([...(this.#body?.querySelectorAll('button') ?? [])]);
    const next = by === undefined ? undefined : buttons[buttons.indexOf(/** @type {HTMLElement} */ (event.target)) + by];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (next === undefined) return;
    this.#stopAt(next);
    next.focus();
  }

  /** @param {string} text */
  #tell(text) {
    if (this.#more === null) return;
    this.#more.hidden = text === '';
    relabel(this.#more, text);
  }

  /**
   * @param {number} index
   * @param {Row} row
   * @param {number | undefined} line
   */
  #put(index, row, line) {
    const at = line === undefined ? undefined : this.#recording?.log(line)?.at;
    const key = JSON.stringify([row.status, row.expected, row.actual, line, at]);
    if (this.#shown[index] === key) return;
    const next = this.#row(row, line, at);
    const old = this.#body?.children[index];
    const focused = old?.querySelector(':focus');
    if (old === undefined) this.#body?.append(next);
    else old.replaceWith(next);
    if (focused) next.querySelector('button')?.focus();
    this.#shown[index] = key;
  }

  /**
   * @param {Row} row
   * @param {number | undefined} line
   * @param {number | undefined} at
   */
  #row(row, line, at) {
    const mark = MARKS[row.status];
    const unjudged = this.hasAttribute('unjudged');
    const code = (/** @type {string | null | undefined} */ text) => (text == null ? null : h('code', {}, text));
    const cell = (/** @type {string} */ name, /** @type {import('../dom.js').Child[]} */ ...children) =>
      h('td', { role: 'cell', class: name }, ...children);
    return h(
      'tr',
      {
        role: 'row',
        'data-status': unjudged ? 'unjudged' : row.status,
        'data-ellipsis': row.ellipsis ? '' : null,
        'data-line': line,
        'data-chosen': line !== undefined && line === this.#chosen ? '' : null,
      },
      cell('ms', at === undefined ? null : h('button', { type: 'button', class: 'at', tabIndex: -1, title: 'Show it in the picture' }, milliseconds(at))),
      cell(
        'mark',
        mark.icon === null || unjudged ? null : icon(mark.icon),
        h('span', { class: 'visually-hidden' }, unjudged ? 'not judged' : mark.word),
      ),
      cell('expected', code(row.blanks?.expected ?? row.expected)),
      cell('actual', code(row.blanks?.actual ?? row.actual)),
    );
  }
}

define('playground-output', PlaygroundOutput);
