// The controls of a setting, by its kind: how a value is shown, and as which text it stands there.

import { h, icon } from '../dom.js';
import { readSetting } from '../run/settings.js';

/**
 * @typedef {import('../api/playground.js').Setting} Setting
 * @typedef {import('../api/playground.js').SettingValue} SettingValue
 * @typedef {{nodes: Node[], range: string, text: () => string, write: (value: SettingValue) => void}} Control
 * @typedef {() => void} Changed
 */

/**
 * @param {Setting} setting
 * @param {string} id of the control that the label names
 * @param {Changed} changed
 * @returns {Control}
 */
export function control(setting, id, changed) {
  switch (setting.kind) {
    case 'int':
      return numberControl(setting, id, changed);
    case 'bool':
      return switchControl(id, changed);
    case 'choice':
      return choiceControl(setting, id, changed);
    case 'ints':
      return listControl(setting, id, changed);
    case 'order':
      return orderControl(setting, id, changed);
  }
}

/**
 * A number and a slider for the same value. Over wide ranges the slider counts in proportion, not in steps.
 * @param {import('../api/playground.js').IntSetting} setting
 * @param {string} id
 * @param {Changed} changed
 * @returns {Control}
 */
function numberControl(setting, id, changed) {
  const { label, unit, min, max } = setting;
  const range = `${plain(min)} to ${plain(max)}${unit ? ` ${unit}` : ''}`;
  const scale = max - min > 1000 || max / Math.max(min, 1) >= 100 ? proportional(min, max) : even(min, max);
  const number = h('input', { type: 'number', id, min, max, step: 1, 'aria-describedby': `${id}-help` });
  const slider = h('input', { type: 'range', min: 0, max: scale.stops, step: 1, 'aria-label': `${label}, slider` });

  const follow = (/** @type {number} */ value) => {
    slider.value = String(scale.stop(value));
    slider.setAttribute('aria-valuetext', `${plain(value)}${unit ? ` ${unit}` : ''}`);
  };
  number.addEventListener('input', () => {
    const reading = readSetting(setting, number.value);
    if ('value' in reading) follow(Number(reading.value));
    changed();
  });
  slider.addEventListener('input', () => {
    number.value = String(scale.value(slider.valueAsNumber));
    follow(number.valueAsNumber);
    changed();
  });
  return {
    nodes: [slider, h('span', { class: 'amount' }, number, unit ? h('span', { class: 'unit' }, unit) : null)],
    range,
    text: () => number.value,
    write(value) {
      number.value = String(value);
      follow(Number(value));
    },
  };
}

/**
 * @param {number} min
 * @param {number} max
 */
function even(min, max) {
  return {
    stops: max - min,
    stop: (/** @type {number} */ value) => value - min,
    value: (/** @type {number} */ stop) => min + stop,
  };
}

/**
 * @param {number} min
 * @param {number} max
 */
function proportional(min, max) {
  const stops = 200;
  // One above the start, so that a range from zero has a logarithm.
  const span = Math.log(max - min + 1);
  return {
    stops,
    stop: (/** @type {number} */ value) => Math.round((stops * Math.log(value - min + 1)) / span),
    value: (/** @type {number} */ stop) => {
      const exact = min + Math.exp((stop / stops) * span) - 1;
      return Math.min(max, Math.max(min, Math.round(exact)));
    },
  };
}

/**
 * @param {string} id
 * @param {Changed} changed
 * @returns {Control}
 */
function switchControl(id, changed) {
  const box = h('input', { type: 'checkbox', id });
  box.addEventListener('change', changed);
  return {
    nodes: [box],
    range: '',
    text: () => String(box.checked),
    write: (value) => {
      box.checked = value === true;
    },
  };
}

/**
 * @param {import('../api/playground.js').ChoiceSetting} setting
 * @param {string} id
 * @param {Changed} changed
 * @returns {Control}
 */
function choiceControl(setting, id, changed) {
  const select = h('select', { id }, ...setting.options.map((option) => h('option', { value: option }, option)));
  select.addEventListener('change', changed);
  return {
    nodes: [select],
    range: '',
    text: () => select.value,
    write: (value) => {
      select.value = String(value);
    },
  };
}

/**
 * @param {import('../api/playground.js').IntsSetting} setting
 * @param {string} id
 * @param {Changed} changed
 * @returns {Control}
 */
function listControl(setting, id, changed) {
  const range = `1 to ${plain(setting.maxItems)} whole numbers from ${plain(setting.min)} to ${plain(setting.max)}, with commas`;
  const field = h('input', { type: 'text', id, autocomplete: 'off', spellcheck: false, 'aria-describedby': `${id}-help` });
  field.addEventListener('input', changed);
  return {
    nodes: [field],
    range,
    text: () => field.value,
    write: (value) => {
      field.value = Array.isArray(value) ? value.join(', ') : String(value);
    },
  };
}

/**
 * Words to switch on and off and to move; those that are off wait at the end.
 * @param {import('../api/playground.js').OrderSetting} setting
 * @param {string} id
 * @param {Changed} changed
 * @returns {Control}
 */
function orderControl(setting, id, changed) {
  /** @type {{word: string, on: boolean}[]} */
  let items = [];
  const list = h('ol', { id, class: 'order', role: 'list' });

  const render = () => list.replaceChildren(...items.map(row));
  const row = (/** @type {{word: string, on: boolean}} */ item, /** @type {number} */ index) => {
    const box = h('input', { type: 'checkbox', checked: item.on });
    box.addEventListener('change', () => {
      item.on = box.checked;
      changed();
    });
    const move = (/** @type {'up' | 'down'} */ way, /** @type {number} */ to) => {
      const label = `Move ${item.word} ${way}`;
      const disabled = to < 0 || to >= items.length;
      const button = h('button', { type: 'button', class: 'quiet', 'aria-label': label, disabled }, icon(way));
      button.addEventListener('click', () => {
        items.splice(to, 0, ...items.splice(index, 1));
        render();
        // The button was drawn anew; the focus goes with the word.
        const again = list.querySelector(`[aria-label="${label}"]:enabled`) ?? list.querySelector(`li:nth-child(${to + 1}) input`);
        /** @type {HTMLElement | null} */ (again)?.focus();
        changed();
      });
      return button;
    };
    return h('li', {}, h('label', {}, box, item.word), move('up', index - 1), move('down', index + 1));
  };

  return {
    nodes: [list],
    range: '',
    text: () => items.flatMap((item) => (item.on ? [item.word] : [])).join(','),
    write: (value) => {
      const on = Array.isArray(value) ? value.map(String) : [];
      const off = setting.options.filter((word) => !on.includes(word));
      items = [...on.map((word) => ({ word, on: true })), ...off.map((word) => ({ word, on: false }))];
      render();
    },
  };
}

/**
 * A number in groups of three, with the narrow space at which no line breaks.
 * @param {number} value
 */
function plain(value) {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, '\u202f');
}
