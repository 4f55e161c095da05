// `<playground-compare>`: another run on the same axis, and the difference in numbers.
//
// Either the run that was just made is kept, and the next one is compared with it; or another program is run at once,
// with the same settings and seed. Fires `viewchange` when it moved the view of the time, `extent` when it needs more.

import './playground-picture.js';

import { Base, define, h } from '../dom.js';
import { run } from '../api/engine.js';
import { differences, measures } from '../picture/measures.js';
import { Recording } from '../run/recording.js';
import { Scale } from '../picture/scale.js';
import { factsTable } from './facts.js';

/**
 * @typedef {import('../picture/measures.js').Kept} Kept
 * @typedef {import('./playground-player.js').Subject} Subject
 */

export class PlaygroundCompare extends Base {
  #scale = new Scale();
  #subject = /** @type {Subject | null} */ (null);
  #current = /** @type {Kept | null} */ (null);
  #other = /** @type {{kept: Kept, title: string} | null} */ (null);
  #at = Infinity;
  #attempt = 0;
  #parts = /** @type {ReturnType<PlaygroundCompare['render']> | null} */ (null);

  connectedCallback() {
    this.#parts ??= this.render();
  }

  set scale(/** @type {Scale} */ scale) {
    this.#scale = scale;
    if (this.#parts !== null) this.#parts.timeline.scale = scale;
  }

  render() {
    const choice = h('select', { id: 'compare-with' });
    const keep = h('button', { type: 'button', class: 'small' }, 'Keep for comparison');
    const drop = h('button', { type: 'button', class: 'small', hidden: true }, 'End comparison');
    const timeline = h('playground-picture', { label: 'Timeline of the other run' });
    const title = h('h3', {});
    const numbers = h('div', { class: 'numbers', tabIndex: 0, role: 'region', 'aria-label': 'The difference in numbers' });
    const note = h('p', { class: 'aside' });
    const other = h('div', { class: 'other', hidden: true }, title, timeline, numbers);
    this.replaceChildren(
      h('div', { class: 'tools' }, h('label', { htmlFor: 'compare-with' }, 'Compare with'), choice, keep, drop, note),
      other,
    );
    choice.addEventListener('change', () => void this.#runOther(choice.value));
    keep.addEventListener('click', () => {
      if (this.#current === null) return;
      this.#set({ kept: this.#current, title: `Kept: ${this.#titled(this.#current.report.program)}` });
      drop.focus();
    });
    drop.addEventListener('click', () => {
      this.#set(null);
      choice.focus();
    });
    timeline.addEventListener('viewchange', () => this.dispatchEvent(new CustomEvent('viewchange')));
    timeline.scale = this.#scale;
    return { choice, keep, drop, timeline, title, numbers, note, other };
  }

  /** How long the other run took, in ms. */
  get extent() {
    return this.#other?.kept.report.elapsed ?? 0;
  }

  /**
   * What can be compared: a run that is going on has no report yet.
   * @param {Subject} subject
   * @param {Kept | null} current
   */
  offer(subject, current) {
    const changed = this.#subject?.info !== subject.info || this.#subject.request.program !== subject.request.program;
    if (this.#subject?.info !== subject.info) this.#set(null);
    [this.#subject, this.#current] = [subject, current];
    const parts = this.#parts;
    if (parts === null) return;
    parts.keep.disabled = current === null;
    if (changed) {
      const others = subject.info.programs.filter(({ slug }) => slug !== subject.request.program);
      parts.choice.replaceChildren(h('option', { value: '' }, 'choose a program'), ...others.map(({ slug, title }) => h('option', { value: slug }, title)));
    }
    this.#numbers();
  }

  /** @param {number} at the time up to which the other run is shown, in ms */
  show(at) {
    this.#at = at;
    const other = this.#other;
    if (other === null) return;
    const { recording } = other.kept;
    const cursor = at === Infinity ? recording.length : recording.cursorAt(at);
    this.#parts?.timeline.show(recording, cursor, { now: Math.min(at, this.extent) });
  }

  draw() {
    this.#parts?.timeline.draw();
  }

  /** @param {string} program */
  async #runOther(program) {
    const [subject, parts] = [this.#subject, this.#parts];
    this.#attempt += 1;
    const attempt = this.#attempt;
    if (subject === null || parts === null || program === '') return;
    const { speed: _, ...request } = subject.request;
    const recording = new Recording();
    parts.note.textContent = 'Running it …';
    try {
      const report = await run(subject.info.slug, { ...request, program, clock: 'instant', onEvents: (/** @type {import('../api/playground.js').Event[]} */ events) => recording.add(events) });
      if (attempt !== this.#attempt) return;
      parts.note.textContent = '';
      this.#set({ kept: { recording, report }, title: this.#titled(program) });
    } catch (error) {
      parts.note.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  /** @param {{kept: Kept, title: string} | null} other */
  #set(other) {
    this.#other = other;
    const parts = this.#parts;
    if (parts === null) return;
    parts.other.hidden = other === null;
    parts.drop.hidden = other === null;
    if (other === null) parts.choice.value = '';
    parts.title.textContent = other?.title ?? '';
    this.#numbers();
    this.show(this.#at);
    this.dispatchEvent(new CustomEvent('extent'));
  }

  #numbers() {
    const [parts, other, current] = [this.#parts, this.#other, this.#current];
    if (parts === null) return;
    if (other === null || current === null) return parts.numbers.replaceChildren();
    const rows = differences(measures(other.kept), measures(current));
    parts.numbers.replaceChildren(
      factsTable({
        caption: 'The difference in numbers',
        heads: ['Measure', other.title, 'This run', 'Difference'],
        rows: rows.map(({ name, unit, before, after, change }) => [unit === '' ? name : `${name}, ${unit}`, before, after, change]),
      }),
    );
  }

  /** @param {string} program */
  #titled(program) {
    return this.#subject?.info.programs.find(({ slug }) => slug === program)?.title ?? program;
  }
}

define('playground-compare', PlaygroundCompare);
