// The controls of the bench: Run and Stop, the clock and its speed, the program, the seed, the settings; and what they say.
//
// Not an element of its own: the bench owns them and asks for their request when Run is pressed.

import { coded, h } from '../dom.js';
import { counted, sentence } from '../run/text.js';
import { mistakeOf } from '../api/engine.js';
import { numberControl, unspelled } from './setting-controls.js';

/**
 * @typedef {import('../api/playground.js').ClockName} ClockName
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('../api/playground.js').SettingValues} SettingValues
 * @typedef {{clock: ClockName, speed: number, program: string, settings: SettingValues, seed?: number}} RunRequest
 * @typedef {{error: string, field: HTMLElement | null}} Refused
 * @typedef {ReturnType<typeof benchControls>} Controls
 */

/** @type {{clock: ClockName, label: string, hint: string}[]} */
const CLOCKS = [
  { clock: 'live', label: 'Live', hint: 'real timers of this browser' },
  { clock: 'instant', label: 'Instant', hint: 'simulated time, at once' },
  { clock: 'paced', label: 'Slow', hint: 'simulated time, at the speed you choose' },
];
export const SPEED = { label: 'Speed', unit: '×', min: 0.05, max: 20, step: 0.05, whole: false };
export const FIRST_SPEED = 0.25;

/** @param {Brief} info */
export function benchControls(info) {
  const run = h('button', { type: 'button', class: 'run', part: 'run', disabled: true }, 'Run');
  const stop = h('button', { type: 'button', class: 'stop', part: 'stop', disabled: true }, 'Stop');
  const clocks = CLOCKS.map(({ clock }) => h('input', { type: 'radio', name: 'clock', value: clock, checked: clock === 'live' }));
  const speed = speedField();
  const chosen = () => CLOCKS[clocks.findIndex((box) => box.checked)]?.clock ?? 'live';
  const labels = CLOCKS.map(({ label, hint }, index) =>
    h('label', { title: hint }, clocks[index] ?? null, h('span', {}, label)),
  );
  const clockField = h('fieldset', { class: 'clock' }, h('legend', {}, 'Clock'), ...labels);
  clockField.addEventListener('change', () => speed.enable(chosen() === 'paced'));
  const settings = info.settings.map((setting) => Object.assign(h('playground-setting'), { setting }));
  const setSettings = (/** @type {Record<string, string>} */ spelled) => {
    for (const setting of settings) {
      const text = setting.setting === null ? undefined : spelled[setting.setting.name];
      if (setting.setting === null || text === undefined) setting.reset();
      else setting.value = unspelled(setting.setting, text);
      setting.dispatchEvent(new CustomEvent('settingchange', { bubbles: true }));
    }
  };
  const program = programField(info, setSettings);
  const seed = seedField();
  const choose = (/** @type {ClockName} */ clock) => {
    for (const box of clocks) box.checked = box.value === clock;
    speed.enable(clock === 'paced');
  };
  const choice = h('div', { class: 'chosen' }, program.node, seed.node);
  const bar = h('div', { class: 'bar' }, h('div', { class: 'buttons' }, run, stop), clockField, speed.node, choice);
  const check = () => {
    for (const { field, value } of [speed, seed]) field?.setAttribute('aria-invalid', String(value() === null));
  };
  bar.addEventListener('input', check);

  return {
    run,
    stop,
    bar,
    /** What is wrong with the program that is chosen, if anything is. */
    mistake: program.mistake,
    settings: settingsField(info, settings),
    speed: speed.value,
    /** Whether every setting is at its default and the order is the usual one: only then the output is judged. */
    untouched: () => settings.every((setting) => !setting.changed) && seed.value() === undefined,
    /**
     * The order of tasks that a search has found, on a clock that keeps it: real timers have an order of their own.
     * @param {number} found
     */
    replay(found) {
      seed.write(String(found));
      if (chosen() === 'live') choose('instant');
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
     * Sets what an address says; what it does not name, or names wrongly, stays.
     * @param {import('../run/address.js').Address} address
     */
    apply(address) {
      choose(CLOCKS.find(({ clock }) => clock === address.clock)?.clock ?? chosen());
      if (address.speed !== undefined) speed.write(Number(address.speed));
      if (address.seed !== undefined) seed.write(address.seed);
      check();
      if (address.program !== undefined) program.choose(address.program);
      for (const setting of settings) {
        const text = setting.setting === null ? undefined : address.settings[setting.setting.name];
        if (setting.setting === null || text === undefined) continue;
        setting.value = unspelled(setting.setting, text);
        setting.dispatchEvent(new CustomEvent('settingchange', { bubbles: true }));
      }
    },
    /** @returns {RunRequest | Refused} */
    request() {
      /** @type {SettingValues} */
      const values = {};
      for (const setting of settings) {
        const value = setting.value;
        if (setting.setting === null) continue;
        if (value === null) {
          return { error: `Not started: ${setting.setting.label} is not right yet.`, field: setting.querySelector('input[id]') };
        }
        values[setting.setting.name] = value;
      }
      const clock = chosen();
      const pace = clock === 'paced' ? speed.value() : 1;
      if (pace === null) return { error: 'Not started: the speed is not right yet.', field: speed.field };
      const drawn = seed.value();
      if (drawn === null) return { error: `Not started: the seed must be ${SEED_RANGE}.`, field: seed.field };
      const request = { clock, speed: pace, program: program.value(), settings: values };
      return drawn === undefined ? request : { ...request, seed: drawn };
    },
  };
}

/** The speed keeps its place when the clock does not use it, so that nothing moves. */
function speedField() {
  const control = numberControl(SPEED, 'speed', () => node.dispatchEvent(new CustomEvent('speedchange', { bubbles: true })));
  const node = h(
    'fieldset',
    { class: 'speed', role: 'none' },
    h('label', { htmlFor: 'speed' }, SPEED.label),
    ...control.nodes,
    h('span', { class: 'visually-hidden', id: 'speed-help' }, control.range),
  );
  control.write(FIRST_SPEED);
  const inputs = [...node.querySelectorAll('input')];
  const enable = (/** @type {boolean} */ on) => {
    for (const input of inputs) input.disabled = !on;
  };
  enable(false);
  const value = () => {
    const reading = control.read();
    return 'value' in reading ? Number(reading.value) : null;
  };
  const field = inputs.find((input) => input.type === 'number') ?? null;
  return { node, enable, field, value, write: control.write };
}

export const MOST_SEED = 2 ** 32 - 1;
const SEED_RANGE = `a whole number from 0 to ${MOST_SEED}, or empty`;

/** Empty: tasks run in the order in which they became ready. */
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
 * @param {(spelled: Record<string, string>) => void} setSettings
 */
function programField(info, setSettings) {
  const options = info.programs.map(({ slug, title }) => h('option', { value: slug }, title));
  const select = h('select', { id: 'program' }, ...options);
  const node = h('fieldset', { class: 'program', role: 'none', hidden: options.length < 2 }, h('label', { htmlFor: 'program' }, 'Program'), select);
  const mistake = h('div', { class: 'mistake aside', hidden: true });
  const explain = async () => {
    const chosen = select.value;
    mistake.hidden = true;
    // Without its text the program runs as well.
    const made = await mistakeOf(info.slug, chosen).catch(() => null);
    if (made === null || select.value !== chosen) return;
    mistake.hidden = false;
    const show = h('button', { type: 'button', class: 'quiet' }, 'Set the settings that show it');
    show.addEventListener('click', () => setSettings(made.settings));
    const needsSettings = Object.keys(made.settings).length > 0;
    mistake.replaceChildren(h('p', {}, ...coded(`${sentence(made.what)} ${sentence(made.madeBy)}`)), needsSettings ? show : '');
  };
  const choose = (/** @type {string} */ slug) => {
    if (!info.programs.some((program) => program.slug === slug)) return;
    select.value = slug;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  };
  select.addEventListener('change', explain);
  return { node, mistake, choose, value: () => (select.value === '' ? 'correct' : select.value) };
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
  // A frame tells in time where it stands: to ask for it now would take a layout.
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
