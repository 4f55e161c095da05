// The controls of a playground: Run and Stop, speed, clock and seed, programs, settings; and the request they make.
//
// Not an element of its own: the playground owns them and takes their request when Run is pressed.

import { clocks, speeds } from '../api/registry.js';
import { h } from '../dom.js';
import { isOwn, isPython } from '../run/request.js';
import { readSetting } from '../run/settings.js';
import { counted } from '../run/text.js';

/**
 * @typedef {import('../api/playground.js').ClockName} ClockName
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('../api/playground.js').SettingValue} SettingValue
 * @typedef {import('../api/playground.js').SettingValues} SettingValues
 * @typedef {import('../api/registry.js').Speed} Speed
 * @typedef {import('../run/request.js').Interference} Interference
 * @typedef {import('../run/request.js').RunRequest} RunRequest
 * @typedef {{error: string, field: HTMLElement | null}} Refused
 * @typedef {ReturnType<typeof playgroundControls>} Controls
 */


/** @param {Brief} info */
export function playgroundControls(info) {
  const run = h('button', { type: 'button', class: 'run', part: 'run', disabled: true }, 'Run');
  const stop = h('button', { type: 'button', class: 'stop', part: 'stop', disabled: true }, 'Stop');
  const clock = clockField();
  const speed = speedField();
  const program = programField(info);
  const seed = seedField();
  const settings = info.settings.map((setting) => Object.assign(h('playground-setting'), { setting }));
  const buttons = h('div', { class: 'buttons' }, run, stop);
  const more = h('details', { class: 'more' }, h('summary', {}, 'More'), h('div', {}, speed.node, clock.node, seed.node));
  more.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    more.open = false;
    more.querySelector('summary')?.focus();
  });
  const check = () => seed.field.setAttribute('aria-invalid', String(seed.value() === null));
  seed.field.addEventListener('input', check);
  /** What has no controls here: a reader decides it while a run is looked at. */
  const hidden = {
    learner: /** @type {{code: string} | null} */ (null),
    order: /** @type {number[] | undefined} */ (undefined),
    interfere: /** @type {Interference[]} */ ([]),
  };

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
    buttons,
    more,
    programs: program.node,
    settings: settingsField(info, settings),
    speed: speed.value,
    get program() {
      return program.value();
    },
    /** Has the reader's own code; with it the programs `yours` and `answer` can be chosen. */
    set learner(/** @type {{code: string} | null} */ learner) {
      hidden.learner = learner;
      program.learns = learner !== null;
    },
    setSettings,
    /** @param {boolean} going */
    running(going) {
      // The focus must not be lost with the button that had it.
      const root = /** @type {ShadowRoot} */ (buttons.getRootNode());
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
      else if (name === 'order') hidden.order = /** @type {number[] | undefined} */ (value);
      else hidden.interfere = /** @type {Interference[] | undefined} */ (value) ?? [];
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
      else if (hidden.order !== undefined) request.order = hidden.order;
      if (hidden.interfere.length > 0 && request.clock === 'simulated') request.interfere = hidden.interfere;
      if (isOwn(request.program) && hidden.learner !== null) request.code = hidden.learner.code;
      // There is no other clock for Python.
      if (isPython(request.program)) request.clock = 'simulated';
      return request;
    },
  };
}

function clockField() {
  const boxes = clocks.map(({ clock }) => h('input', { type: 'radio', name: 'clock', value: clock, checked: clock === 'simulated' }));
  const labels = clocks.map(({ label, hint }, index) => h('label', { title: hint }, boxes[index] ?? null, h('span', {}, label)));
  return {
    node: h('fieldset', { class: 'clock' }, h('legend', {}, 'Clock'), ...labels),
    value: () => clocks[boxes.findIndex((box) => box.checked)]?.clock ?? 'simulated',
    write(/** @type {ClockName} */ clock) {
      for (const box of boxes) box.checked = box.value === clock;
    },
  };
}

/** How fast a simulated run is played; that can be changed while it is. */
function speedField() {
  const select = h('select', { id: 'speed' }, ...speeds.map(({ speed, label }) => h('option', { value: speed, selected: speed === 'normal' }, label)));
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

const EACH = 'Each of the others is the same program with one mistake that people really make.';

/**
 * A card for each program, and what is wrong with the one that is chosen. A card that is pressed fires `program`.
 * @param {Brief} info
 */
function programField(info) {
  const cards = info.programs.map(({ slug, title }) => h('button', { type: 'button', value: slug, class: 'card' }, title));
  const about = h('p', { class: 'about aside', tabIndex: 0 });
  const legend = h('legend', {}, 'See a mistake');
  const node = h('fieldset', { class: 'program', part: 'mistakes', hidden: cards.length < 2 }, legend, h('div', { class: 'cards' }, ...cards), about);
  let chosen = 'correct';
  const tell = async () => {
    const told = chosen;
    // A program runs without this text too.
    const text = info.programs.every(({ slug }) => slug === 'correct' || slug !== told) ? null : await import('./show-mistake.js').then((loaded) => loaded.about(info.slug, told)).catch(() => null);
    if (chosen !== told) return;
    const code = h('button', { type: 'button', class: 'quiet' }, 'Its code');
    code.addEventListener('click', () => node.dispatchEvent(new CustomEvent('code')));
    about.replaceChildren(h('span', {}, ...(text ?? [EACH])), ...(text === null ? [] : [code]));
  };
  const write = (/** @type {string} */ slug) => {
    if (!info.programs.some((program) => program.slug === slug) && !(field.learns && isPython(slug))) return;
    chosen = slug;
    for (const card of cards) card.setAttribute('aria-pressed', String(card.value === slug));
    void tell();
    node.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const field = { node, write, value: () => chosen, learns: false };
  write(chosen);
  node.addEventListener('click', ({ target }) => {
    const card = cards.find((one) => one === target);
    if (card === undefined) return;
    write(card.value);
    node.dispatchEvent(new CustomEvent('program'));
  });
  return field;
}

/** So many settings are in sight; the others are in a drawer. */
const IN_SIGHT = 3;

/**
 * @param {Brief} info
 * @param {import('./playground-setting.js').PlaygroundSetting[]} settings
 */
function settingsField(info, settings) {
  const resetAll = h('button', { type: 'button', class: 'quiet', hidden: true }, 'Reset all');
  const count = h('span', { class: 'aside' });
  const [first, others] = [settings.slice(0, IN_SIGHT), settings.slice(IN_SIGHT)];
  const drawer = h('details', { hidden: others.length === 0 }, h('summary', {}, 'More settings'), h('div', { class: 'fields' }, ...others));
  const field = h(
    'section',
    { class: 'settings', part: 'settings', 'aria-label': 'Settings', hidden: info.settings.length === 0 },
    h('h3', {}, 'Settings ', count),
    resetAll,
    h('div', { class: 'fields' }, ...first),
    drawer,
  );
  const update = () => {
    const changed = settings.filter((setting) => setting.changed).length;
    resetAll.hidden = changed === 0;
    count.textContent = changed === 0 ? '' : counted(changed, 'change');
  };
  field.addEventListener('settingchange', update);
  resetAll.addEventListener('click', () => {
    for (const setting of settings) setting.reset();
    update();
    field.querySelector('input')?.focus();
  });
  return field;
}
