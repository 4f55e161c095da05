// `<playground-transcript>`: expected lines beside actual ones, row by row, each with its time and its mark.
//
// Rows of all expected lines are there from the start, as pending, so that nothing moves while lines stream. Where
// the transcript is not judged (knobs away from their defaults) it shows the lines alone, without marks.
// The roles repeat what the table elements mean: as grid boxes they would lose it in some browsers.

import { Base, counted, define, h, icon, milliseconds } from '../dom.js';

/** @typedef {import('../playground.js').Row} Row */

/** More rows than this are counted, not shown: a table that long helps nobody and slows the page. */
const MOST_ROWS = 1000;

/** @type {Record<Row['status'], {word: string, icon: import('../dom.js').IconName | null}>} */
const MARKS = {
  pending: { word: 'pending', icon: null },
  matched: { word: 'as expected', icon: 'passed' },
  mismatched: { word: 'differs', icon: 'failed' },
  missing: { word: 'missing', icon: 'missing' },
  extra: { word: 'not expected', icon: 'extra' },
};

export class PlaygroundTranscript extends Base {
  #body = /** @type {HTMLTableSectionElement | null} */ (null);
  #more = /** @type {HTMLElement | null} */ (null);
  /** What each row shows, to touch only what changed. @type {string[]} */
  #shown = [];
  #hiddenRows = 0;

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
    const caption = h('caption', { class: 'visually-hidden' }, 'Expected and actual transcript');
    this.replaceChildren(h('table', { role: 'table' }, caption, head, this.#body), this.#more);
  }

  /**
   * Starts anew: the expected lines as pending rows, or nothing at all where lines are not to be judged.
   * @param {string[] | null} expected
   */
  reset(expected) {
    this.connectedCallback();
    this.toggleAttribute('unjudged', expected === null);
    this.#shown = [];
    this.#hiddenRows = 0;
    this.#body?.replaceChildren();
    this.show((expected ?? []).map((line) => row(line, null)), []);
  }

  /**
   * Shows judged rows; `times` are those of the actual lines, in order.
   * @param {Row[]} rows
   * @param {number[]} times
   */
  show(rows, times) {
    let line = 0;
    rows.slice(0, MOST_ROWS).forEach((row, index) => {
      const at = row.actual === null ? undefined : times[line++];
      this.#put(index, row, at);
    });
    while (this.#shown.length > Math.min(rows.length, MOST_ROWS)) {
      this.#shown.pop();
      this.#body?.lastElementChild?.remove();
    }
    this.#count(rows.length - MOST_ROWS);
  }

  /**
   * Adds lines that are not judged.
   * @param {{line: string, at: number}[]} lines
   */
  add(lines) {
    const room = MOST_ROWS - this.#shown.length;
    for (const { line, at } of lines.slice(0, Math.max(room, 0))) {
      this.#put(this.#shown.length, row(null, line), at);
    }
    if (lines.length > room) this.#count(this.#hiddenRows + lines.length - Math.max(room, 0));
  }

  /** @param {number} hiddenRows */
  #count(hiddenRows) {
    this.#hiddenRows = Math.max(hiddenRows, 0);
    if (this.#more === null) return;
    this.#more.hidden = this.#hiddenRows === 0;
    this.#more.textContent = `and ${counted(this.#hiddenRows, 'line')} more, not shown`;
  }

  /**
   * @param {number} index
   * @param {Row} row
   * @param {number | undefined} at
   */
  #put(index, row, at) {
    const key = JSON.stringify([row.status, row.expected, row.actual, at]);
    if (this.#shown[index] === key) return;
    const next = this.#row(row, at);
    const old = this.#body?.children[index];
    if (old === undefined) this.#body?.append(next);
    else old.replaceWith(next);
    this.#shown[index] = key;
  }

  /**
   * @param {Row} row
   * @param {number | undefined} at
   */
  #row(row, at) {
    const mark = MARKS[row.status];
    const unjudged = this.hasAttribute('unjudged');
    const code = (/** @type {string | null | undefined} */ text) => (text == null ? null : h('code', {}, text));
    const cell = (/** @type {string} */ name, /** @type {import('../dom.js').Child[]} */ ...children) =>
      h('td', { role: 'cell', class: name }, ...children);
    return h(
      'tr',
      { role: 'row', 'data-status': unjudged ? 'unjudged' : row.status, 'data-ellipsis': row.ellipsis ? '' : null },
      cell('ms', at === undefined ? null : milliseconds(at)),
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

/**
 * A row that nobody has judged yet.
 * @param {string | null} expected
 * @param {string | null} actual
 * @returns {Row}
 */
function row(expected, actual) {
  return { status: 'pending', expected, actual, ellipsis: expected === '...', blanks: null };
}

define('playground-transcript', PlaygroundTranscript);
