// `<playground-picture>`: what the tasks of a run did, drawn over time, up to a cursor.
//
// Attributes down, events up: it is given a recording and a cursor, and fires `seek` with a time and `choose` with a
// task and a time. Several on one page share their view of the time when they are given the same scale.
// It is a region that takes the focus, with keys of its own; the tables below it say the same in words.

import { Base, define, h } from '../dom.js';
import { eased } from '../api/frames.js';
import { AXIS, axis, sheet } from '../picture/draw.js';
import { HEIGHTS, layout } from '../picture/layout.js';
import { SAMPLE, legend } from '../picture/legend.js';
import { node } from '../picture/nodes.js';
import { Scale, roomFor } from '../picture/scale.js';
import { onAxis } from '../run/stepped.js';
import { RIGHT, framed } from '../picture/still.js';
import { tables } from '../picture/tables.js';
import { asFile } from './exports.js';
import { factsTable } from './facts.js';
import { CLOSER, gestures } from './gestures.js';
import { render, svg } from './svg.js';

/** Rows so far out of sight are drawn all the same: a scroll shows them before the next frame. */
const MARGIN = 200;
/** After the last change, so that scrubbing does not write tables that cannot be read. */
const TABLES_AFTER_MS = 150;
/** @typedef {import('../run/recording.js').Recording} Recording */

/** Several may stand in one shadow root, and each needs an id. */
let made = 0;

export class PlaygroundPicture extends Base {
  #recording = /** @type {Recording | null} */ (null);
  #cursor = 0;
  #now = /** @type {number | null} */ (null);
  #growing = false;
  #often = false;
  #chosen = /** @type {import('../picture/rows.js').Chosen} */ (null);
  #broken = /** @type {ReadonlySet<number>} */ (new Set());
  #scale = new Scale();
  #rows = /** @type {import('../picture/layout.js').Row[]} */ ([]);
  #left = 0;
  #axis = /** @type {import('../run/stepped.js').Axis} */ ('time');
  /** Whether the words of the first broken rule are to be scrolled into sight. */
  #toRule = false;
  #parts = /** @type {ReturnType<PlaygroundPicture['render']> | null} */ (null);
  #frame = 0;
  #timer = 0;
  /** While a large run grows or is played, drawing must not take the time that the page needs. */
  #growth = eased(() => this.#draw());
  #sizes = globalThis.ResizeObserver ? new ResizeObserver(() => this.draw()) : null;

  connectedCallback() {
    this.#parts ??= this.render();
    this.#sizes?.observe(this.#parts.pane);
    this.draw();
  }

  disconnectedCallback() {
    this.#sizes?.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#growth.cancel();
    this.#frame = 0;
  }

  /** The view of the time; one that several pictures share moves them all. */
  get scale() {
    return this.#scale;
  }

  set scale(scale) {
    this.#scale = scale;
    this.draw();
  }

  get recording() {
    return this.#recording;
  }

  /** Whether it is drawn over time, or in steps of the same width; the scale is then another one. */
  get axis() {
    return this.#axis;
  }

  set axis(axis) {
    this.#axis = axis;
    this.draw();
  }

  /** The recording on the axis. */
  get #drawn() {
    return this.#recording === null ? null : onAxis(this.#recording, this.#axis);
  }

  /** Makes the axis so long; a view of the whole run stays one. @param {number} end */
  extend(end) {
    this.#scale.grow(end);
    this.draw();
  }

  get chosen() {
    return this.#chosen;
  }

  /** @param {import('../picture/rows.js').Chosen} chosen */
  set chosen(chosen) {
    this.#chosen = chosen;
    this.draw();
  }

  /**
   * @param {Recording} recording
   * @param {number} cursor a number of events
   * @param {{now?: number | null, growing?: boolean, often?: boolean, broken?: ReadonlySet<number>}} [options] where the
   *   play head is on the axis, if not at the cursor; whether more events are to come; whether it will be shown again soon; the
   *   places of the events that broke a rule
   */
  show(recording, cursor, { now = null, growing = false, often = growing, broken = new Set() } = {}) {
    [this.#recording, this.#cursor, this.#now, this.#growing, this.#often, this.#broken] = [recording, cursor, now, growing, often, broken];
    if (!this.#scale.whole) this.#scale.reveal(this.place);
    this.draw();
  }

  /** Draws in the next frame. */
  draw() {
    if (this.#frame !== 0 || !this.isConnected) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#often) return this.#growth.call();
      this.#growth.cancel();
      this.#draw();
    });
  }

  /**
   * What is drawn, with all its rows, as the text of a file.
   * @param {string} title
   */
  file(title) {
    const recording = this.#drawn;
    if (recording === null) return '';
    const { rows, height } = layout(recording, { width: this.#left + this.#scale.width + RIGHT });
    const drawing = svg(framed(rows, height, this.#view(recording), title));
    // Only what is in the document has the looks that style sheets give.
    this.append(drawing);
    const text = asFile(drawing, getComputedStyle(this).backgroundColor);
    drawing.remove();
    return text;
  }

  render() {
    const axis = svg(node('axis', 'svg', { class: 'picture axis', 'aria-hidden': 'true' }));
    const sheet = svg(node('sheet', 'svg', { class: 'picture sheet', 'aria-hidden': 'true' }));
    made += 1;
    const id = `picture-help-${made}`;
    const help = h('p', { class: 'visually-hidden', id }, 'Up and down choose a task, left and right step, Shift with left and right moves along, plus and minus zoom, 0 shows all. The table below has the same facts.');
    const pane = h('div', { class: 'pane', translate: false, tabIndex: 0, role: 'group', 'aria-label': this.getAttribute('label') ?? 'Picture', 'aria-describedby': id }, axis, sheet);
    const key = h('ul', { class: 'legend', role: 'list', 'aria-hidden': 'true' });
    const facts = h('div', { class: 'tables', tabIndex: 0, role: 'region', 'aria-label': `${this.getAttribute('label') ?? 'Picture'} as a table` });
    const drawer = h('details', { class: 'drawer' }, h('summary', {}, 'Picture as a table'), facts);
    drawer.addEventListener('toggle', () => this.#writeTables());
    this.replaceChildren(help, pane, key, drawer);
    gestures(pane, {
      scale: () => this.#scale,
      left: () => this.#left,
      changed: () => this.#viewChanged(),
      seek: (at) => this.#fire('seek', this.#moment(at)),
      choose: (y, at) => this.#choose(y - AXIS, at),
      move: (by) => this.#move(by),
      zoom: (factor) => this.#zoom(factor),
    });
    // Rows that are scrolled out of sight are not drawn.
    pane.addEventListener('scroll', () => this.draw(), { passive: true });
    return { pane, axis, sheet, key, facts, drawer };
  }

  /** For the buttons beside a picture. @param {'in' | 'out' | 'all'} how */
  zoom(how) {
    if (how === 'all') this.#scale.fit();
    else this.#zoom(how === 'in' ? CLOSER : 1 / CLOSER);
    this.#viewChanged();
  }

  /** The play head stays where it is; where it is out of sight, the middle does. @param {number} factor over 1 zooms in */
  #zoom(factor) {
    const [scale, place] = [this.#scale, this.place];
    scale.zoom(factor, place < scale.from || place > scale.to ? undefined : place);
  }

  /** Where the play head is on the axis. */
  get place() {
    return this.#now ?? this.#drawn?.timeAt(this.#cursor) ?? 0;
  }

  /** Where a place on the axis is in the run: the time in ms, and the number of events up to there. @param {number} at */
  #moment(at) {
    const drawn = this.#drawn;
    const cursor = drawn?.cursorAt(at) ?? 0;
    return { at: this.#axis === 'time' ? at : (this.#recording?.timeAt(cursor) ?? 0), cursor };
  }

  #viewChanged() {
    this.draw();
    this.#fire('viewchange', {});
  }

  /**
   * @param {string} name
   * @param {object} detail
   */
  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /**
   * @param {number} y in the drawing
   * @param {number} at
   */
  #choose(y, at) {
    const row = this.#rows.find((row) => y >= row.y && y < row.y + row.height);
    if (row?.kind === 'lane' || row?.kind === 'nest') this.#fire('choose', { task: row.task.id, at: this.#moment(at).at });
    else this.#fire('seek', this.#moment(at));
  }

  /** @param {number} by lanes down */
  #move(by) {
    const ids = this.#rows.flatMap((row) => (row.kind === 'lane' || row.kind === 'nest' ? [row.task.id] : []));
    const place = this.#chosen === null ? (by > 0 ? -1 : ids.length) : ids.indexOf(this.#chosen.task);
    const task = ids[Math.min(Math.max(place + by, 0), ids.length - 1)];
    if (task !== undefined) this.#fire('choose', { task, at: this.#moment(this.place).at });
  }

  /** Scrolls, within its own pane, so that a task's lane is in sight. @param {number} task */
  reveal(task) {
    this.#scrollTo(this.#rows.find((row) => (row.kind === 'lane' || row.kind === 'nest') && row.task.id === task));
  }

  /** Scrolls, within its own pane, so that the words of the first broken rule are in sight once they are drawn. */
  revealRule() {
    this.#toRule = true;
    this.draw();
  }

  /** Scrolls, within its own pane, to its first row. */
  revealTop() {
    if (this.#parts !== null) this.#parts.pane.scrollTop = 0;
  }

  /** Its statement is enough: the evidence is beside the picture as well. @param {import('../picture/layout.js').Row[]} rows */
  #toRuleIn(rows) {
    this.#toRule = false;
    const row = rows.find(({ kind }) => kind === 'rule');
    if (row?.kind === 'rule') this.#scrollTo({ ...row, height: row.height - row.evidence.length * HEIGHTS.line });
  }

  /** @param {import('../picture/layout.js').Row} [row] */
  #scrollTo(row) {
    const pane = this.#parts?.pane;
    if (row === undefined || pane === undefined) return;
    const [above, below] = [row.y, row.y + row.height + AXIS];
    if (pane.scrollTop > above) pane.scrollTop = above;
    else if (pane.scrollTop + pane.clientHeight < below) pane.scrollTop = below - pane.clientHeight;
  }

  #draw() {
    const parts = this.#parts;
    const width = parts?.pane.clientWidth ?? 0;
    const recording = this.#drawn;
    if (parts === null || recording === null || width === 0) return;
    const scale = this.#scale;
    const { rows, height, left } = layout(recording, { width });
    [this.#rows, this.#left] = [rows, left];
    scale.width = Math.max(width - left - RIGHT, 10);
    if (this.#growing) scale.grow(Math.max(roomFor(recording.end), scale.extent));
    size(parts.axis, width, AXIS);
    size(parts.sheet, width, Math.max(height, 1) + 8);
    if (this.#toRule) this.#toRuleIn(rows);
    const view = this.#view(recording);
    const top = Math.max(parts.pane.scrollTop - MARGIN, 0);
    const bottom = Math.min(parts.pane.scrollTop + parts.pane.clientHeight + MARGIN, height + 8);
    render(parts.axis, axis(view));
    const nodes = sheet(rows, view, { top, bottom });
    render(parts.sheet, nodes);
    this.#showLegend(parts.key, legend(nodes));
    this.#laterTables();
  }

  /**
   * @param {Recording} recording
   * @returns {import('../picture/rows.js').View}
   */
  #view(recording) {
    return {
      recording,
      cursor: this.#cursor,
      now: this.place,
      scale: this.#scale,
      left: this.#left,
      words: true,
      chosen: this.#placed(this.#chosen),
      broken: this.#broken,
    };
  }

  /** A choice on the axis. @param {import('../picture/rows.js').Chosen} chosen */
  #placed(chosen) {
    const axis = this.#drawn?.axis;
    return chosen === null || axis === undefined ? chosen : { ...chosen, from: axis.place(chosen.from), to: axis.place(chosen.to) };
  }

  /**
   * @param {HTMLElement} list
   * @param {ReturnType<typeof legend>} entries
   */
  #showLegend(list, entries) {
    const shown = entries.map(({ word }) => word).join();
    if (list.dataset.shown === shown) return;
    list.dataset.shown = shown;
    const items = entries.map(({ word, sample }) => h('li', {}, svg(node('sample', 'svg', { class: 'picture', ...SAMPLE }, [sample])), word));
    list.replaceChildren(...items);
  }

  #laterTables() {
    clearTimeout(this.#timer);
    if (this.#parts?.drawer.open) this.#timer = Number(setTimeout(() => this.#writeTables(), TABLES_AFTER_MS));
  }

  #writeTables() {
    const parts = this.#parts;
    if (parts === null || this.#recording === null) return;
    parts.facts.replaceChildren(...(parts.drawer.open ? tables(this.#recording, this.#cursor).map(factsTable) : []));
  }

}

/**
 * @param {SVGElement} drawing
 * @param {number} width
 * @param {number} height
 */
function size(drawing, width, height) {
  drawing.setAttribute('width', String(width));
  drawing.setAttribute('height', String(height));
}

define('playground-picture', PlaygroundPicture);
