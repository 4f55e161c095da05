// The controls of a playground: Run and Stop, clock and speed, program, seed, settings; and the request they make.
//
// Not an element of its own: the playground owns them and takes their request when Run is pressed.

import { mistakeOf } from '../api/engine.js';
import { coded, h } from '../dom.js';
import { SPEEDS } from '../run/player.js';
import { readSetting } from '../run/settings.js';
import { counted, sentence } from '../run/text.js';

/**
 * @typedef {import('../api/playground.js').ClockName} ClockName
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('../api/playground.js').SettingValue} SettingValue
 * @typedef {import('../api/playground.js').SettingValues} SettingValues
 * @typedef {import('../run/player.js').Speed} Speed
 * @typedef {import('../run/request.js').Interference} Interference
 * @typedef {import('../run/request.js').RunRequest} RunRequest
 * @typedef {{error: string, field: HTMLElement | null}} Refused
 * @typedef {ReturnType<typeof playgroundControls>} Controls
 */

/** @type {{clock: ClockName, label: string, hint: string}[]} */
export const CLOCKS = [
  { clock: 'simulated', label: 'Simulated', hint: 'a clock that jumps to the next deadline: the same each time' },
  { clock: 'real', label: 'Real time', hint: 'timers of this browser' },
];
/** @type {Record<Speed, string>} */
const SPEED_LABELS = { slow: 'Slow', normal: 'Normal', once: 'At once' };

/** @param {Brief} info */
export function playgroundControls(info) {
  const run = h('button', { type: 'button', class: 'run', part: 'run', disabled: true }, 'Run');
  const stop = h('button', { type: 'button', class: 'stop', part: 'stop', disabled: true }, 'Stop');
  const clock = clockField();
  const speed = speedField();
  const program = programField(info, (texts) => setSettings(texts));
  const seed = seedField();
  const settings = info.settings.map((setting) => Object.assign(h('playground-setting'), { setting }));
  const choice = h('div', { class: 'chosen' }, program.node, seed.node);
  const bar = h('div', { class: 'bar' }, h('div', { class: 'buttons' }, run, stop), clock.node, speed.node, choice);
  const check = () => seed.field.setAttribute('aria-invalid', String(seed.value() === null));
  bar.addEventListener('input', check);
  /** What has no controls here: the interference is made while a run is looked at. */
  const more = { order: /** @type {number[] | undefined} */ (undefined), interfere: /** @type {Interference[]} */ ([]) };

  /** @param {Record<string, string>} texts those of settings that are not at their default */
  const setSettings = (texts) => {
    for (const one of settings) {
      const text = one.setting === null ? undefined : texts[one.setting.name];
      const reading = one.setting === null || text === undefined ? null : readSetting(one.setting, text);
      if (reading !== null && 'value' in reading) one.value = reading.value;
      else one.reset();
      one.dispatchEvent(new CustomEvent('settingchange', { bubbles: true }));
    }
  };

  return {
    run,
    stop,
    bar,
    /** What is wrong with the program that is chosen, if anything is. */
    mistake: program.mistake,
    settings: settingsField(info, settings),
    speed: speed.value,
    get interfere() {
      return more.interfere;
    },
    set interfere(interfere) {
      more.interfere = interfere;
    },
    /**
     * Takes the order of tasks that a search has found, on the clock that keeps it: real timers have an order of their own.
     * @param {number} found
     */
    reproduce(found) {
      seed.write(String(found));
      clock.write('simulated');
    },
    /** @param {boolean} going */
    running(going) {
      // The focus must not be lost with the button that had it.
      const root = /** @type {ShadowRoot} */ (bar.getRootNode());
      const leaving = going ? run : stop;
      const hadFocus = root.activeElement === leaving;
      run.disabled = going;
      stop.disabled = !going;
      if (hadFocus) (going ? stop : run).focus();
    },
    /**
     * Sets a part of the request; undefined is the default.
     * @param {'program' | 'clock' | 'speed' | 'seed' | 'order' | 'interfere'} name
     * @param {unknown} value an allowed one
     */
    set(name, value) {
      if (name === 'program') program.write(/** @type {string | undefined} */ (value) ?? 'correct');
      else if (name === 'clock') clock.write(/** @type {ClockName | undefined} */ (value) ?? 'simulated');
      else if (name === 'speed') speed.write(/** @type {Speed | undefined} */ (value) ?? 'normal');
      else if (name === 'seed') seed.write(value === undefined ? '' : String(value));
      else if (name === 'order') more.order = /** @type {number[] | undefined} */ (value);
      else more.interfere = /** @type {Interference[] | undefined} */ (value) ?? [];
      check();
    },
    /**
     * Sets a setting; undefined is its default.
     * @param {string} name
     * @param {SettingValue | undefined} value
     */
    setSetting(name, value) {
      const one = settings.find(({ setting }) => setting?.name === name);
      if (value === undefined) one?.reset();
      else if (one !== undefined) one.value = value;
      one?.dispatchEvent(new CustomEvent('settingchange', { bubbles: true }));
    },
    /** @returns {RunRequest | Refused} */
    request() {
      /** @type {SettingValues} */
      const values = {};
      for (const one of settings) {
        if (one.setting === null) continue;
        const { name, label } = one.setting;
        if (one.value === null) return { error: `Set "${label}" to ${one.range} first.`, field: one.querySelector('input[id]') };
        if (one.changed) values[name] = one.value;
      }
      const drawn = seed.value();
      if (drawn === null) return { error: `Set the seed to ${SEED_RANGE} first.`, field: seed.field };
      /** @type {RunRequest} */
      const request = { exercise: info.slug, program: program.value(), clock: clock.value(), settings: values };
      if (drawn !== undefined) request.seed = drawn;
      // A seed is an order already.
      else if (more.order !== undefined) request.order = more.order;
      if (more.interfere.length > 0 && request.clock === 'simulated') request.interfere = more.interfere;
      return request;
    },
  };
}

function clockField() {
  const boxes = CLOCKS.map(({ clock }) => h('input', { type: 'radio', name: 'clock', value: clock, checked: clock === 'simulated' }));
  const labels = CLOCKS.map(({ label, hint }, index) => h('label', { title: hint }, boxes[index] ?? null, h('span', {}, label)));
  return {
    node: h('fieldset', { class: 'clock' }, h('legend', {}, 'Clock'), ...labels),
    value: () => CLOCKS[boxes.findIndex((box) => box.checked)]?.clock ?? 'simulated',
    write(/** @type {ClockName} */ clock) {
      for (const box of boxes) box.checked = box.value === clock;
    },
  };
}

/** How fast a simulated run is played; that can be changed while it is. */
function speedField() {
  const select = h('select', { id: 'speed' }, ...SPEEDS.map((speed) => h('option', { value: speed, selected: speed === 'normal' }, SPEED_LABELS[speed])));
  const changed = () => node.dispatchEvent(new CustomEvent('speedchange', { bubbles: true }));
  const node = h('fieldset', { class: 'speed', role: 'none' }, h('label', { htmlFor: 'speed' }, 'Speed'), select);
  select.addEventListener('change', changed);
  return {
    node,
    value: () => /** @type {Speed} */ (select.value),
    write(/** @type {Speed} */ speed) {
      select.value = speed;
      changed();
    },
  };
}

export const MOST_SEED = 2 ** 32 - 1;
const SEED_RANGE = `a whole number from 0 to ${MOST_SEED}, or nothing,`;

/** Without a seed the tasks that are ready run first come, first served. */
function seedField() {
  const field = h('input', {
    type: 'number',
    id: 'seed',
    min: 0,
    max: MOST_SEED,
    step: 1,
    placeholder: 'in order',
    'aria-describedby': 'seed-help',
  });
  const help = 'Draws the order of tasks that are ready at the same moment. Empty: first come, first served.';
  const node = h(
    'fieldset',
    { class: 'seed', role: 'none', title: help },
    h('label', { htmlFor: 'seed' }, 'Seed'),
    field,
    h('span', { class: 'visually-hidden', id: 'seed-help' }, help),
  );
  const value = () => {
    if (field.validity.badInput) return null;
    if (field.value === '') return undefined;
    const seed = field.valueAsNumber;
    return Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED ? seed : null;
  };
  const write = (/** @type {string} */ text) => {
    field.value = text;
  };
  return { node, field, value, write };
}

/**
 * @param {Brief} info
 * @param {(texts: Record<string, string>) => void} setSettings
 */
function programField(info, setSettings) {
  const options = info.programs.map(({ slug, title }) => h('option', { value: slug }, title));
  const select = h('select', { id: 'program' }, ...options);
  const node = h('fieldset', { class: 'program', part: 'program', role: 'none', hidden: options.length < 2 }, h('label', { htmlFor: 'program' }, 'Program'), select);
  const mistake = h('div', { class: 'mistake aside', part: 'mistakes', hidden: true });
  const explain = async () => {
    const chosen = select.value;
    mistake.hidden = true;
    // The program runs without this text too.
    const made = await mistakeOf(info.slug, chosen).catch(() => null);
    if (made === null || select.value !== chosen) return;
    mistake.hidden = false;
    const show = h('button', { type: 'button', class: 'quiet' }, 'Use the settings that show it');
    show.addEventListener('click', () => setSettings(made.settings));
    const needsSettings = Object.keys(made.settings).length > 0;
    mistake.replaceChildren(h('p', {}, ...coded(`${sentence(made.what)} ${sentence(made.madeBy)}`)), needsSettings ? show : '');
  };
  const write = (/** @type {string} */ slug) => {
    if (!info.programs.some((program) => program.slug === slug)) return;
    select.value = slug;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  };
  select.addEventListener('change', explain);
  return { node, mistake, write, value: () => (select.value === '' ? 'correct' : select.value) };
}

/**
 * A drawer, which is open from the start where there is room for it beside the output.
 * @param {Brief} info
 * @param {import('./playground-setting.js').PlaygroundSetting[]} settings
 */
function settingsField(info, settings) {
  const resetAll = h('button', { type: 'button', class: 'quiet', hidden: true }, 'Reset all');
  const count = h('span', { class: 'aside' });
  const drawer = h(
    'details',
    { class: 'settings', part: 'settings', hidden: info.settings.length === 0 },
    h('summary', {}, 'Settings ', count),
    ...settings,
    resetAll,
  );
  const update = () => {
    const changed = settings.filter((setting) => setting.changed).length;
    resetAll.hidden = changed === 0;
    count.textContent = changed === 0 ? '' : `${counted(changed, 'change')}`;
  };
  // An observer gets the place of the drawer; to read it now would force a layout.
  const placed = new ResizeObserver(() => {
    placed.disconnect();
    drawer.open = drawer.offsetLeft > 0;
  });
  placed.observe(drawer);
  drawer.addEventListener('settingchange', update);
  resetAll.addEventListener('click', () => {
    for (const setting of settings) setting.reset();
    update();
    drawer.querySelector('summary')?.focus();
  });
  return drawer;
}
