// `<playground-reading>`: the texts of an exercise, around a playground on another site's page.
//
// It has a shadow root of its own, because it takes the sheets of the site's pages as they are. Its tokens are those of
// the playground, by inheritance. Built of nodes (see xtask's reading.rs), never of markup.

import '../site/hint-list.js';

import { Base, define, h } from '../dom.js';
import { markLine } from '../site/source.js';
import { sheet } from './sheets.js';

/**
 * @typedef {string | [string, Record<string, string>, ...Tree[]]} Tree
 * @typedef {{statement: Tree[], hints: Tree[][], notes: Tree[], source: {title: string, lines: Tree[]}}} Reading
 */

/**
 * The texts before a playground and those after it.
 * @param {Reading} reading
 */
export async function around({ statement, hints, notes, source }) {
  const styles = await sheet('reading');
  const numbered = hints.map((hint, index) => panel(`Hint ${index + 1} of ${hints.length}`, h('div', { class: 'prose' }, ...hint.map(built))));
  const lines = h('pre', { class: 'source', tabIndex: 0, role: 'region', 'aria-label': source.title }, h('code', {}, ...source.lines.map(built)));
  const before = h('playground-reading', { class: 'before' });
  before.fill(styles, [
    h('section', { class: 'statement prose', 'aria-label': 'Statement' }, ...statement.map(built)),
    h('hint-list', {}, ...numbered),
  ]);
  const after = h('playground-reading', { class: 'after' });
  after.fill(styles, [
    h('div', { class: 'program' }, panel(source.title.split('/').at(-1) ?? '', lines)),
    h('div', { class: 'notes' }, panel('Notes', h('div', { class: 'prose' }, ...notes.map(built)))),
  ]);
  return { before, after };
}

export class PlaygroundReading extends Base {
  /**
   * @param {CSSStyleSheet} styles
   * @param {Node[]} nodes
   */
  fill(styles, nodes) {
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styles];
    root.append(...nodes);
  }

  /**
   * Marks the line of the program that belongs to the choice in the picture; it has no other files.
   * @param {Event} event
   */
  mark(event) {
    const { file, line, reveal } = /** @type {CustomEvent} */ (event).detail;
    const drawer = this.shadowRoot?.querySelector('.program details');
    if (!drawer) return;
    const known = this.clientHeight > 0 && drawer.querySelector('summary')?.textContent === file;
    if (markLine(drawer, known ? drawer : null, line, reveal)) event.preventDefault();
  }
}

/**
 * @param {string} title
 * @param {Node} body
 */
function panel(title, body) {
  return h('details', {}, h('summary', {}, title), body);
}

/**
 * @param {Tree} tree
 * @returns {Node}
 */
function built(tree) {
  if (typeof tree === 'string') return document.createTextNode(tree);
  const [name, attributes, ...children] = tree;
  return h(/** @type {'p'} */ (name), attributes, ...children.map(built));
}

define('playground-reading', PlaygroundReading);
