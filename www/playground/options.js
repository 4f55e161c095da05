// The options of a playground beyond its exercise: from attributes, and on the page of an exercise from the address too.
//
// Loaded with the first option that is given, and with it the styles that options need. Refusals stand at the head of the
// playground, whose controls then stay as they are without the option; nothing runs by itself until all options are right.

import { OPTIONS, readQuery } from '../run/address.js';
import { fire, h } from '../dom.js';
import { hasCode } from '../editor/shared.js';
import { embed } from '../embed/embed.js';
import { reading } from '../api/engine.js';
import { errorText } from '../run/status.js';
import { FIELDS, PANELS, SETTING, sorted, value } from './option-values.js';
import { embedded } from './page-playground.js';
import { sheet } from './sheets.js';

/**
 * @typedef {import('./async-playground.js').AsyncPlayground} Playground
 * @typedef {import('./async-playground.js').Parts} Parts
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('./option-values.js').Value} Value
 */

/** More refusals are counted, not shown. */
const MOST_REFUSALS = 5;

/**
 * Begins what must not wait until the playground is rendered; gives the styles of what is loaded with this file.
 * @param {Playground} playground
 */
export function prepare(playground) {
  if (embedded(playground)) embed(playground);
  return sheet('options');
}

export class Options {
  /** @type {Playground} */
  #playground;
  /** @type {Brief} */
  #info;
  /** @type {Parts} */
  #parts;
  /** The text of each option when it was read last. @type {Map<string, string>} */
  #seen = new Map();
  /** The values of the options that are given and right. @type {Map<string, Value>} */
  #values = new Map();
  #refused = '';
  /** Loads texts and program, once an option has named them. @type {Promise<void> | null} */
  #reading = null;
  /** Whether it is still to run by itself. */
  #due = false;
  /** Says that they did not load. @type {HTMLElement | null} */
  #unread = null;
  /** Waits until the playground is in sight. @type {IntersectionObserver | null} */
  #sight = null;

  /**
   * @param {Playground} playground
   * @param {Brief} info
   * @param {Parts} parts
   */
  constructor(playground, info, parts) {
    [this.#playground, this.#info, this.#parts] = [playground, info, parts];
    parts.frame.toggleAttribute('data-embedded', embedded(playground));
    // It may have said that this script had not been loaded.
    parts.refusals.hidden = true;
    // A run that the reader has started is without what was refused, and so is the address from then on.
    playground.addEventListener('start', () => this.#refuse([]));
  }

  /** Reads every option again, and applies those that have changed. */
  update() {
    const { texts, refused } = sorted(given(this.#playground));
    const values = new Map();
    const changed = new Set();
    for (const name of new Set([...this.#seen.keys(), ...texts.keys()])) {
      const text = texts.get(name);
      if (text !== this.#seen.get(name)) changed.add(name);
      try {
        if (text !== undefined) values.set(name, value(name, text, this.#info));
      } catch (error) {
        refused.push(/** @type {import('../api/errors.js').PlaygroundError} */ (error));
      }
    }
    [this.#seen, this.#values] = [texts, values];
    for (const name of changed) this.#set(name, values.get(name));
    this.#show();
    this.#lock();
    this.#refuse(refused);
    if (changed.has('autorun')) this.#due = values.get('autorun') === true;
    if (refused.length > 0) return this.leave();
    // Code of a link does not run by itself, and the cursor is not one in the correct program.
    if (changed.has('at') && !(this.#playground.hasAttribute('primary') && hasCode(location.hash))) {
      // A link with a cursor is the link to a run, which is run then.
      this.#due = false;
      this.#playground.run(Number(values.get('at')));
    }
    if (changed.has('present') && values.get('present') === true) void this.#playground.present();
    if (this.#due) this.#await();
    else this.leave();
  }

  /** Lets nothing start by itself any more, for a playground that has left the page. */
  leave() {
    this.#sight?.disconnect();
    this.#sight = null;
  }

  /** Runs once, when the playground comes into sight. */
  #await() {
    if (this.#sight !== null) return;
    const sight = new IntersectionObserver((seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      this.#due = false;
      this.leave();
      if (this.#playground.dataset.state !== 'running') this.#playground.run();
    });
    this.#sight = sight;
    sight.observe(this.#playground);
  }

  /**
   * @param {string} name
   * @param {Value | undefined} wanted undefined for the default
   */
  #set(name, wanted) {
    const { controls, frame } = this.#parts;
    switch (name) {
      case 'program':
      case 'clock':
      case 'speed':
      case 'seed':
      case 'order':
      case 'interfere':
        return controls.set(name, wanted);
      case 'theme':
        // The page of an exercise has the theme of its playground.
        for (const one of embedded(this.#playground) ? [frame, document.documentElement] : [frame]) {
          if (wanted === undefined || wanted === 'auto') delete one.dataset.theme;
          else one.dataset.theme = String(wanted);
        }
        return;
      case 'axis':
      case 'zoom':
        // The player takes them when it shows its first run.
        if (wanted === undefined) delete frame.dataset[name];
        else frame.dataset[name] = String(wanted);
        return;
      case 'size':
        return void frame.setAttribute('data-size', String(wanted ?? 'full'));
      case 'compact':
        return void frame.toggleAttribute('data-compact', wanted === true);
    }
    if (name.startsWith(SETTING)) controls.setSetting(name.slice(SETTING.length), /** @type {import('../api/playground.js').SettingValue | undefined} */ (wanted));
  }

  /** Panels: rules, picture and code are there unless the option leaves them out, the others only if it names them. */
  #show() {
    const { frame } = this.#parts;
    /** @type {unknown} */
    const wanted = this.#values.get('show') ?? (this.#values.get('compact') === true ? [] : ['rules', 'picture', 'code']);
    const panels = PANELS.filter((panel) => Array.isArray(wanted) && wanted.includes(panel));
    frame.dataset.show = panels.join(' ');
    const reads = panels.includes('prose') || panels.includes('source');
    if (reads && this.#reading === null) this.#reading = this.#read();
  }

  /** Loads texts and program, around the playground; style sheets show what the option names. */
  async #read() {
    const { frame, playground } = this.#parts;
    this.#unread?.remove();
    try {
      const [{ around }, text] = await Promise.all([import('./playground-reading.js'), reading(this.#info.slug)]);
      const { before, after } = await around(text);
      playground.before(before);
      playground.after(after);
      frame.addEventListener('sourceline', (/** @type {Event} */ event) => after.mark(event));
    } catch (error) {
      this.#reading = null;
      fire(this.#playground, 'error', { exercise: this.#info.slug, error });
      this.#unread = h('p', { class: 'refusal', role: 'alert' }, errorText(error));
      playground.after(this.#unread);
    }
  }

  /** A locked control shows its value and cannot be changed. */
  #lock() {
    const { frame, controls } = this.#parts;
    /** @type {unknown} */
    const wanted = this.#values.get('lock') ?? [];
    const locked = (/** @type {string} */ name) => Array.isArray(wanted) && (wanted.includes(name) || wanted.includes('all'));
    frame.dataset.lock = FIELDS.filter(locked).join(' ');
    for (const name of ['clock', 'speed', 'program', 'seed']) {
      for (const field of this.#parts.playground.querySelectorAll(`fieldset.${name}`)) Reflect.set(field, 'disabled', locked(name));
    }
    for (const setting of controls.settings.querySelectorAll('playground-setting')) {
      setting.locked = locked('settings') || locked(setting.setting?.name ?? '');
    }
  }

  /** @param {import('../api/errors.js').PlaygroundError[]} refused */
  #refuse(refused) {
    const said = refused.slice(0, MOST_REFUSALS).map(errorText);
    if (refused.length > said.length) said.push(`And ${refused.length - said.length} more.`);
    const text = said.join('\n');
    if (text === this.#refused) return;
    this.#refused = text;
    const { refusals } = this.#parts;
    refusals.hidden = said.length === 0;
    refusals.replaceChildren(...said.map((one) => h('p', {}, one)));
    for (const error of refused.slice(0, MOST_REFUSALS)) fire(this.#playground, 'error', { exercise: this.#info.slug, error });
  }
}

/**
 * The options of a playground by name.
 * @param {Playground} playground
 * @returns {[string, string][]}
 */
function given(playground) {
  const attributes = OPTIONS.flatMap((name) => {
    const text = playground.getAttribute(name);
    return text === null ? [] : [/** @type {[string, string]} */ ([name, text])];
  });
  return playground.hasAttribute('primary') ? [...readQuery(location.search, embedded(playground)), ...attributes] : attributes;
}
