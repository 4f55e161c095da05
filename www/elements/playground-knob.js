// `<playground-knob>`: one parameter of an exercise, with its unit, its range, the error in its place, and a reset.
//
// Fires `knobchange`, which bubbles, whenever what is typed or set changes.

import { Base, define, h, icon } from '../dom.js';
import { control } from './knob-controls.js';

/**
 * @typedef {import('../playground.js').Knob} Knob
 * @typedef {import('../playground.js').KnobValue} KnobValue
 */

export class PlaygroundKnob extends Base {
  #knob = /** @type {Knob | null} */ (null);
  #control = /** @type {import('./knob-controls.js').Control | null} */ (null);
  #error = /** @type {HTMLElement | null} */ (null);
  #reset = /** @type {HTMLButtonElement | null} */ (null);

  get knob() {
    return this.#knob;
  }

  /** Setting the knob renders its controls at their default. */
  set knob(knob) {
    this.#knob = knob;
    if (knob !== null) this.#render(knob);
  }

  /** The value, or null while what is typed is refused. @returns {KnobValue | null} */
  get value() {
    const reading = this.#control?.read();
    return reading && 'value' in reading ? reading.value : null;
  }

  set value(value) {
    if (value === null) return;
    this.#control?.write(value);
    this.#update();
  }

  /** Whether the value differs from the default. */
  get changed() {
    return this.#knob !== null && JSON.stringify(this.value) !== JSON.stringify(this.#knob.default);
  }

  reset() {
    if (this.#knob !== null) this.value = this.#knob.default;
  }

  /** A locked knob shows its value and cannot be changed. */
  set locked(/** @type {boolean} */ locked) {
    this.toggleAttribute('data-locked', locked);
    for (const field of this.querySelectorAll('fieldset')) field.disabled = locked;
  }

  /** @param {Knob} knob */
  #render(knob) {
    const id = `knob-${knob.name}`;
    const made = control(knob, id, () => this.#change());
    this.#control = made;
    const shown = Array.isArray(knob.default) ? knob.default.join(', ') : String(knob.default);
    const resetLabel = `Reset ${knob.label} to ${shown}${knob.unit ? ` ${knob.unit}` : ''}`;
    this.#reset = h('button', { type: 'button', class: 'quiet reset', 'aria-label': resetLabel, title: resetLabel }, icon('reset'));
    this.#reset.addEventListener('click', () => {
      this.reset();
      /** @type {HTMLElement | null} */ (this.querySelector('input, select'))?.focus();
      this.#notify();
    });
    this.#error = h('p', { class: 'error', role: 'alert' });
    const group = knob.kind === 'order';
    const label = group ? h('span', { id: `${id}-label` }, knob.label) : h('label', { htmlFor: id }, knob.label);
    if (group) /** @type {Element} */ (made.nodes[0]).setAttribute('aria-labelledby', `${id}-label`);
    this.dataset.kind = knob.kind;
    this.dataset.name = knob.name;
    this.replaceChildren(
      h('div', { class: 'head' }, label, this.#reset),
      h('fieldset', { class: 'controls', role: 'none' }, ...made.nodes),
      made.range === '' ? '' : h('p', { class: 'range', id: `${id}-help` }, made.range),
      this.#error,
    );
    this.reset();
  }

  #change() {
    this.#update();
    this.#notify();
  }

  #notify() {
    this.dispatchEvent(new CustomEvent('knobchange', { bubbles: true }));
  }

  #update() {
    const reading = this.#control?.read() ?? { error: '' };
    const error = 'error' in reading ? `${this.#knob?.label ?? ''} ${reading.error}` : '';
    if (this.#error !== null && this.#error.textContent !== error) this.#error.textContent = error;
    for (const input of this.querySelectorAll('input')) input.setAttribute('aria-invalid', String(error !== ''));
    this.toggleAttribute('data-changed', this.changed);
    if (this.#reset !== null) this.#reset.hidden = !this.changed;
  }
}

define('playground-knob', PlaygroundKnob);
