// `<playground-compare>`: another run on the same axis, and the difference in numbers.
//
// Either the run that was just made is kept, and the next one is compared with it; or another program is run with the same
// settings and order. Its controls, `tools`, are for the player to place. Fires `viewchange` when it moved the view of the time, `extent` when the axis must be longer.

import './playground-picture.js';

import { Base, define, h } from '../dom.js';
import { differences, measures } from '../picture/measures.js';
import { record } from '../run/record.js';
import { Recording } from '../run/recording.js';
import { AS_IT_IS } from '../run/request.js';
import { onAxis } from '../run/stepped.js';
import { Scale } from '../picture/scale.js';
import { errorText } from '../run/status.js';
import { factsTable } from './facts.js';

/** Programs in Python. */
const ANSWER = { slug: 'answer', title: 'The answer in Python' };
const OWN = [{ slug: 'yours', title: 'Yours' }, { slug: AS_IT_IS, title: 'Yours, as it is' }];

export class PlaygroundCompare extends Base {
  #scale = new Scale();
  /** The run that is shown. */
  #current = /** @type {Recording | null} */ (null);
  #other = /** @type {{recording: Recording, title: string} | null} */ (null);
  #running = /** @type {AbortController | null} */ (null);
  #at = Infinity;
  /** The controls, which stand elsewhere. */
  tools = h('div', { class: 'tools' });
  #axis = /** @type {import('../run/stepped.js').Axis} */ ('time');
  #parts = /** @type {ReturnType<PlaygroundCompare['render']> | null} */ (null);

  connectedCallback() {
    this.#parts ??= this.render();
  }

  set scale(/** @type {Scale} */ scale) {
    this.#scale = scale;
    if (this.#parts !== null) this.#parts.picture.scale = scale;
  }

  /** That of the run that is shown. */
  set axis(/** @type {import('../run/stepped.js').Axis} */ axis) {
    this.#axis = axis;
    if (this.#parts !== null) this.#parts.picture.axis = axis;
  }

  render() {
    const choice = h('select', { id: 'compare-with' });
    const keep = h('button', { type: 'button', class: 'small' }, 'Keep for comparison');
    const drop = h('button', { type: 'button', class: 'small', hidden: true }, 'End comparison');
    const picture = h('playground-picture', { label: 'Picture of the other run' });
    const title = h('h3', {});
    const numbers = h('div', { class: 'numbers', tabIndex: 0, role: 'region', 'aria-label': 'The difference in numbers' });
    const note = h('p', { class: 'aside' });
    const other = h('div', { class: 'other', hidden: true }, title, picture, numbers);
    this.tools.replaceChildren(h('label', { htmlFor: 'compare-with' }, 'Compare with'), choice, keep, drop, note);
    this.replaceChildren(other);
    choice.addEventListener('change', () => void this.runOther(choice.value));
    keep.addEventListener('click', () => {
      const current = this.#current;
      if (current === null) return;
      this.#set({ recording: current, title: `Kept: ${titled(current)}` });
      drop.focus();
    });
    drop.addEventListener('click', () => {
      this.end();
      choice.focus();
    });
    picture.addEventListener('viewchange', () => this.dispatchEvent(new CustomEvent('viewchange')));
    picture.scale = this.#scale;
    return { choice, keep, drop, picture, title, numbers, note, other };
  }

  /** How long the other run is on the axis. */
  get extent() {
    return this.#other === null ? 0 : onAxis(this.#other.recording, this.#axis).end;
  }

  /**
   * Takes the run that others are compared with.
   * @param {Recording} recording
   * @param {boolean} whole whether it is over and was not stopped, so that it can be kept
   */
  offer(recording, whole) {
    const { info, request } = recording;
    const before = this.#current;
    const [other, changed] = [before?.info !== info, before?.request.program !== request.program];
    if (other) this.#set(null);
    this.#current = recording;
    const parts = this.#parts;
    if (parts === null) return;
    parts.keep.disabled = !whole;
    if (other || changed) {
      const answer = request.program === 'yours' ? [ANSWER] : [];
      const others = [...answer, ...info.programs.filter(({ slug }) => slug !== request.program)];
      parts.choice.replaceChildren(h('option', { value: '' }, 'choose a program'), ...others.map(({ slug, title }) => h('option', { value: slug }, title)));
    }
    this.#numbers();
  }

  /** @param {number} at up to where on the axis the other run is shown */
  show(at) {
    this.#at = at;
    const other = this.#other;
    if (other === null) return;
    const { recording } = other;
    const cursor = at === Infinity ? recording.length : onAxis(recording, this.#axis).cursorAt(at);
    this.#parts?.picture.show(recording, cursor, { now: Math.min(at, this.extent) });
  }

  draw() {
    this.#parts?.picture.draw();
  }

  /** Ends the comparison. */
  end() {
    this.#running?.abort();
    this.#set(null);
  }

  /**
   * Runs another program with the request of the run that is shown, and compares.
   * @param {string} program
   */
  async runOther(program) {
    const [current, parts] = [this.#current, this.#parts];
    this.#running?.abort();
    if (current === null || parts === null || program === '') return;
    const running = new AbortController();
    this.#running = running;
    const { code: _, ...request } = current.request;
    const recording = new Recording(current.info, { ...request, program, clock: 'simulated' });
    parts.note.textContent = 'Running it …';
    try {
      await record(recording, running.signal, () => {});
      parts.note.textContent = '';
      this.#set({ recording, title: titled(recording) });
    } catch (error) {
      if (!running.signal.aborted) parts.note.textContent = errorText(error);
    }
  }

  /** @param {{recording: Recording, title: string} | null} other */
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
    if (other === null || current?.report == null) return parts.numbers.replaceChildren();
    const rows = differences(measures(other.recording), measures(current));
    parts.numbers.replaceChildren(
      factsTable({
        caption: 'The difference in numbers',
        heads: ['Measure', other.title, 'This run', 'Difference'],
        rows: rows.map(({ name, unit, before, after, change }) => [unit === '' ? name : `${name}, ${unit}`, before, after, change]),
      }),
    );
  }
}

/** @param {Recording} recording */
function titled({ info, request }) {
  return [ANSWER, ...OWN, ...info.programs].find(({ slug }) => slug === request.program)?.title ?? request.program;
}

define('playground-compare', PlaygroundCompare);
