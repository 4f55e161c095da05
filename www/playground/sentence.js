// The numbers in the statement of an exercise's page that are settings: each is a button that is dragged, or pressed to
// type another number. Loaded when the reader turns to the statement, or changes something.

import { h, relabel } from '../dom.js';

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
  /** The words after it that are others where it is one, as "callers ask" is. */
  const after = button.nextElementSibling?.matches('[data-one]') ? button.nextElementSibling : null;
  const many = after?.textContent ?? '';
  const step = unit === null ? 1 : usual >= 100 ? 10 : 5;
  const input = /** @type {HTMLInputElement} */ (field.querySelector('input[id]'));
  const error = h('p', { class: 'error', role: 'alert' });
  /** Stands in the button's place while another number is typed. @type {HTMLInputElement | null} */
  let typed = null;
  const value = () => Number(field.value ?? usual);
  const show = () => {
    typed?.setAttribute('aria-invalid', String(field.value === null));
    error.textContent = field.querySelector('.error')?.textContent ?? '';
    if (error.textContent === '') error.remove();
    else if (typed !== null) typed.closest('p')?.after(error);
    if (field.value === null) return;
    relabel(button, field.changed ? String(field.value) : word);
    if (after !== null) after.textContent = field.value === 1 ? after.getAttribute('data-one') : many;
    button.setAttribute('aria-label', `${button.textContent}${unit === null ? '' : ` ${unit}`}, ${label}`);
    // A wrong number stays until it is set right, here or in the settings.
    if (typed === null || typed.matches(':focus')) return;
    typed.replaceWith(button);
    typed = null;
  };
  /** Has the setting's own field say the same, and what is wrong with it. @param {string} text */
  const write = (text) => {
    // A field for numbers takes nothing else, and is wrong when it is empty.
    input.value = Number.isNaN(Number(text)) ? '' : text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('live', { bubbles: true }));
    show();
  };
  const set = (/** @type {number} */ wanted) => {
    const allowed = Math.min(Math.max(wanted, min), max);
    if (allowed !== field.value) write(String(allowed));
  };
  drag(button, value, (from, steps) => set(from + steps * step));
  button.title = 'Drag it, or press to type';
  button.addEventListener('keydown', (event) => {
    const by = { ArrowUp: step, ArrowDown: -step }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    set(value() + by);
  });
  button.addEventListener('click', () => (typed = type(button, String(value()), write, show)));
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
  button.addEventListener('pointerdown', ({ button: which, clientX, pointerId }) => {
    if (which !== 0) return;
    [start, from, moved] = [clientX, value(), false];
    // A quick pointer is outside before it moves for the first time.
    button.setPointerCapture(pointerId);
  });
  button.addEventListener('pointermove', ({ buttons, clientX }) => {
    if (buttons === 0) start = null;
    if (start === null || (!moved && Math.abs(clientX - start) < SLACK)) return;
    moved = true;
    move(from, Math.round((clientX - start) / PER_STEP));
  });
  for (const over of ['pointerup', 'pointercancel']) button.addEventListener(over, () => (start = null));
  // A drag is no press.
  button.addEventListener('click', (event) => moved && event.detail > 0 && event.stopImmediatePropagation());
}

/**
 * Puts a field in the place of a button. Enter closes it, and so does leaving it, but not while the number in it is wrong.
 * Escape brings back the number from before.
 * @param {HTMLButtonElement} button
 * @param {string} before
 * @param {(text: string) => void} write
 * @param {() => void} left
 */
function type(button, before, write, left) {
  const input = h('input', { type: 'text', inputMode: 'numeric', class: 'setting', value: before, 'aria-label': button.getAttribute('aria-label') });
  // The sentence stays as it is.
  input.style.inlineSize = `${button.offsetWidth}px`;
  input.addEventListener('input', () => write(input.value));
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    // Else the key would press the button, too.
    event.preventDefault();
    if (event.key === 'Escape') write(before);
    else if (input.getAttribute('aria-invalid') === 'true') return;
    input.blur();
    button.focus();
  });
  input.addEventListener('blur', left);
  button.replaceWith(input);
  input.focus();
  input.select();
  return input;
}
