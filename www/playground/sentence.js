// The numbers in the statement of an exercise's page that are settings: each is a button that is dragged, or pressed to
// type another number. Loaded when the reader turns to the statement, or changes something.

import { h } from '../dom.js';

/** @typedef {import('./playground-setting.js').PlaygroundSetting} PlaygroundSetting */

/** A drag goes one step on each time it has come so far, in pixels. */
const PER_STEP = 6;
/** A press that moves less than this is a click. */
const SLACK = 4;

/**
 * Brings the numbers to life.
 * @param {import('./controls.js').Controls} controls
 * @returns {() => void} shows the settings as they are
 */
export function sentence(controls) {
  const settings = [...controls.settings.querySelectorAll('playground-setting')];
  const shows = [...document.querySelectorAll('.statement button.setting')].flatMap((button) => {
    const field = settings.find(({ setting }) => setting?.name === button.getAttribute('value'));
    return field === undefined || field.setting?.kind !== 'int' ? [] : [number(/** @type {HTMLButtonElement} */ (button), field, field.setting)];
  });
  const show = () => shows.forEach((one) => one());
  show();
  return show;
}

/**
 * @param {HTMLButtonElement} button
 * @param {PlaygroundSetting} field
 * @param {import('../api/playground.js').IntSetting} setting
 * @returns {() => void} shows the setting as it is
 */
function number(button, field, { label, unit, min, max, default: usual }) {
  const word = button.textContent ?? '';
  const step = unit === null ? 1 : usual >= 100 ? 10 : 5;
  const show = () => {
    if (field.value === null) return;
    button.textContent = field.changed ? String(field.value) : word;
    button.setAttribute('aria-label', `${button.textContent}${unit === null ? '' : ` ${unit}`}, ${label}`);
  };
  const set = (/** @type {number} */ value) => {
    const allowed = Math.min(Math.max(value, min), max);
    if (allowed === field.value) return;
    field.value = allowed;
    for (const name of ['settingchange', 'live']) field.dispatchEvent(new Event(name, { bubbles: true }));
    show();
  };
  drag(button, () => Number(field.value), (from, steps) => set(from + steps * step));
  button.title = 'Drag it, or press to type';
  button.addEventListener('keydown', (event) => {
    const by = { ArrowUp: step, ArrowDown: -step }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    set(Number(field.value) + by);
  });
  button.addEventListener('click', () => type(button, { min, max, value: Number(field.value) }, set));
  return show;
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => number} value
 * @param {(from: number, steps: number) => void} move
 */
function drag(button, value, move) {
  let from = 0;
  /** Where the pointer went down; null while it is up. @type {number | null} */
  let start = null;
  let moved = false;
  button.addEventListener('pointerdown', ({ button: which, clientX }) => {
    if (which === 0) [start, from, moved] = [clientX, value(), false];
  });
  button.addEventListener('pointermove', ({ buttons, clientX, pointerId }) => {
    if (buttons === 0) start = null;
    if (start === null || (!moved && Math.abs(clientX - start) < SLACK)) return;
    if (!moved) button.setPointerCapture(pointerId);
    moved = true;
    move(from, Math.round((clientX - start) / PER_STEP));
  });
  for (const over of ['pointerup', 'pointercancel']) button.addEventListener(over, () => (start = null));
  // A drag is no press.
  button.addEventListener('click', (event) => moved && event.detail > 0 && event.stopImmediatePropagation());
}

/**
 * Puts a field in the place of a button, until it is left.
 * @param {HTMLButtonElement} button
 * @param {{min: number, max: number, value: number}} range
 * @param {(value: number) => void} set
 */
function type(button, { min, max, value }, set) {
  const input = h('input', { type: 'number', class: 'setting', min, max, step: 1, value, 'aria-label': button.getAttribute('aria-label') });
  // The sentence stays as it is.
  input.style.inlineSize = `${button.offsetWidth}px`;
  input.addEventListener('input', () => {
    const wrong = !input.checkValidity() || input.value === '';
    input.setAttribute('aria-invalid', String(wrong));
    if (!wrong) set(input.valueAsNumber);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    // Else the key would press the button, too.
    event.preventDefault();
    input.blur();
    button.focus();
  });
  input.addEventListener('blur', () => input.replaceWith(button));
  button.replaceWith(input);
  input.focus();
  input.select();
}
