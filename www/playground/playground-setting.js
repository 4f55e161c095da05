// `<playground-setting>`: one setting of an exercise, with its unit, its range, the error beside it, and a reset.
//
// Fires `settingchange`, which bubbles, whenever what is typed or set changes.

import { Base, define, h, icon } from '../dom.js';
import { allowed, readSetting } from '../run/settings.js';
import { control } from './setting-controls.js';

/**
 * @typedef {import('../api/playground.js').Setting} Setting
 * @typedef {import('../api/playground.js').SettingValue} SettingValue
 */

export class PlaygroundSetting extends Base {
  #setting = /** @type {Setting | null} */ (null);
  #control = /** @type {import('./setting-controls.js').Control | null} */ (null);
  #error = /** @type {HTMLElement | null} */ (null);
  #reset = /** @type {HTMLButtonElement | null} */ (null);

  get setting() {
    return this.#setting;
  }

  /** Setting the setting renders its controls at their default. */
  set setting(setting) {
    this.#setting = setting;
    if (setting !== null) this.#render(setting);
  }

  /** The value, or null while what is typed is refused. @returns {SettingValue | null} */
  get value() {
    const reading = this.#read();
    return 'value' in reading ? reading.value : null;
  }

  #read() {
    if (this.#setting === null || this.#control === null) return { allowed: '' };
    return readSetting(this.#setting, this.#control.text());
  }

  set value(value) {
    if (value === null) return;
    this.#control?.write(value);
    this.#update();
  }

  /** What is allowed, in words. */
  get range() {
    return this.#setting === null ? '' : allowed(this.#setting);
  }

  /** Whether the value differs from the default. */
  get changed() {
    return this.#setting !== null && JSON.stringify(this.value) !== JSON.stringify(this.#setting.default);
  }

  reset() {
    if (this.#setting !== null) this.value = this.#setting.default;
  }

  /** A locked setting shows its value and cannot be changed. */
  set locked(/** @type {boolean} */ locked) {
    this.toggleAttribute('data-locked', locked);
    for (const field of this.querySelectorAll('fieldset')) field.disabled = locked;
  }

  /** @param {Setting} setting */
  #render(setting) {
    const id = `setting-${setting.name}`;
    const made = control(setting, id, () => this.#change());
    this.#control = made;
    const shown = Array.isArray(setting.default) ? setting.default.join(', ') : String(setting.default);
    const resetLabel = `Reset ${setting.label} to ${shown}${setting.unit ? ` ${setting.unit}` : ''}`;
    this.#reset = h('button', { type: 'button', class: 'quiet reset', 'aria-label': resetLabel, title: resetLabel }, icon('reset'));
    this.#reset.addEventListener('click', () => {
      this.reset();
      /** @type {HTMLElement | null} */ (this.querySelector('input, select'))?.focus();
      this.#notify();
    });
    this.#error = h('p', { class: 'error', role: 'alert' });
    const group = setting.kind === 'order';
    const label = group ? h('span', { id: `${id}-label` }, setting.label) : h('label', { htmlFor: id }, setting.label);
    if (group) /** @type {Element} */ (made.nodes[0]).setAttribute('aria-labelledby', `${id}-label`);
    this.dataset.kind = setting.kind;
    this.dataset.name = setting.name;
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
    this.dispatchEvent(new CustomEvent('settingchange', { bubbles: true }));
  }

  #update() {
    const reading = this.#read();
    const error = 'allowed' in reading ? `${this.#setting?.label ?? ''} must be ${reading.allowed}` : '';
    if (this.#error !== null && this.#error.textContent !== error) this.#error.textContent = error;
    for (const input of this.querySelectorAll('input')) input.setAttribute('aria-invalid', String(error !== ''));
    this.toggleAttribute('data-changed', this.changed);
    if (this.#reset !== null) this.#reset.hidden = !this.changed;
  }
}

define('playground-setting', PlaygroundSetting);
