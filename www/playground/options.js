// The options of a bench beyond its exercise: from attributes, and on the page that is a bench's own from the address.
//
// Loaded with the first option that is given, and with it the styles that options need. What is refused is said at the
// head of the bench, whose controls then stay as they are without it; nothing runs by itself until all is right.

import { readQuery } from '../run/address.js';
import { fire, h } from '../dom.js';
import { embed } from '../embed/embed.js';
import { reading } from '../api/engine.js';
import { FIRST_SPEED } from './controls.js';
import { told } from './verdict-words.js';
import { OPTIONS } from './option-properties.js';
import { FIELDS, PANELS, sorted, value } from './option-values.js';
import { embedded } from './page-playground.js';
import { sheet } from './sheets.js';

/**
 * @typedef {import('./async-playground.js').AsyncPlayground} Bench
 * @typedef {import('./async-playground.js').Parts} Parts
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('./option-values.js').Value} Value
 */

/** Somebody who made one mistake a hundred times is helped as much by the first few. */
const MOST_REFUSALS = 5;

/**
 * Does what must not wait until the bench is there; gives the styles of what is loaded with this file.
 * @param {Bench} bench
 */
export function prepare(bench) {
  if (embedded(bench)) embed(bench);
  return sheet('options');
}

export class Options {
  /** @type {Bench} */
  #bench;
  /** @type {Brief} */
  #info;
  /** @type {Parts} */
  #parts;
  /** What each option said when it was looked at last. @type {Map<string, string>} */
  #seen = new Map();
  /** The options that are given and right. @type {Map<string, Value>} */
  #values = new Map();
  #told = '';
  /** What there is to read, once it has been asked for. @type {Promise<void> | null} */
  #reading = null;
  /** Whether it is still to run by itself. */
  #due = false;
  /** Says that there is nothing to read. @type {HTMLElement | null} */
  #unread = null;
  /** Waits until the bench is in sight. @type {IntersectionObserver | null} */
  #sight = null;

  /**
   * @param {Bench} bench
   * @param {Brief} info
   * @param {Parts} parts
   */
  constructor(bench, info, parts) {
    [this.#bench, this.#info, this.#parts] = [bench, info, parts];
    parts.frame.toggleAttribute('data-embedded', embedded(bench));
    // Where it stood that this script had not been loaded.
    parts.refusals.hidden = true;
  }

  /** Looks at every option again, and does what has changed. */
  update() {
    const { texts, refused } = sorted(given(this.#bench));
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
    if (changed.has('at')) this.#replay(Number(values.get('at')));
    if (this.#due) this.#await();
    else this.leave();
  }

  /** Nothing begins by itself any more: so it is to be when the bench has left the page. */
  leave() {
    this.#sight?.disconnect();
    this.#sight = null;
  }

  /** A link with a cursor is the link to a run, which is run then. @param {number} at */
  #replay(at) {
    const bench = this.#bench;
    const other = new AbortController();
    this.#due = false;
    bench.run();
    bench.addEventListener('verdict', () => void bench.replayed().then((replay) => replay?.seek(at)), { once: true, signal: other.signal });
    bench.addEventListener('start', () => other.abort(), { once: true });
  }

  /** Runs once, when the bench comes into sight. */
  #await() {
    if (this.#sight !== null) return;
    const sight = new IntersectionObserver((seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      this.#due = false;
      this.leave();
      if (this.#bench.dataset.state !== 'running') this.#bench.run();
    });
    this.#sight = sight;
    sight.observe(this.#bench);
  }

  /**
   * @param {string} name
   * @param {Value | undefined} wanted undefined for what the bench does by itself
   */
  #set(name, wanted) {
    const { controls, frame } = this.#parts;
    const text = wanted === undefined ? undefined : String(wanted);
    switch (name) {
      case 'program':
        return controls.apply({ program: text ?? 'correct', settings: {} });
      case 'clock':
        return controls.apply({ clock: text ?? 'live', settings: {} });
      case 'speed':
        controls.apply({ speed: text ?? String(FIRST_SPEED), settings: {} });
        return void controls.bar.dispatchEvent(new CustomEvent('speedchange'));
      case 'seed':
        return controls.apply({ seed: text ?? '', settings: {} });
      case 'theme':
        // Of the page's own bench the page goes along.
        for (const one of embedded(this.#bench) ? [frame, document.documentElement] : [frame]) {
          if (text === undefined || text === 'auto') delete one.dataset.theme;
          else one.dataset.theme = text;
        }
        return;
      case 'compact':
        return void frame.toggleAttribute('data-compact', wanted === true);
    }
    const setting = this.#info.settings.find((setting) => `setting.${setting.name}` === name);
    if (setting !== undefined) controls.apply({ settings: { [setting.name]: text ?? String(setting.default) } });
  }

  /** Panels: rules and timeline are there anyway and can be left out, the others come when they are asked for. */
  #show() {
    const { frame } = this.#parts;
    const wanted = this.#values.get('show') ?? (this.#values.get('compact') === true ? [] : ['rules', 'timeline']);
    const panels = PANELS.filter((panel) => Array.isArray(wanted) && wanted.includes(panel));
    frame.dataset.show = panels.join(' ');
    const reads = panels.includes('prose') || panels.includes('source');
    if (reads && this.#reading === null) this.#reading = this.#read();
  }

  /** Texts and program, around the bench; style sheets show what is wanted of them. */
  async #read() {
    const { frame, bench } = this.#parts;
    this.#unread?.remove();
    try {
      const [{ around }, text] = await Promise.all([import('./playground-reading.js'), reading(this.#info.slug)]);
      const { before, after } = await around(text);
      bench.before(before);
      bench.after(after);
      frame.addEventListener('sourceline', (/** @type {Event} */ event) => after.mark(event));
    } catch (error) {
      this.#reading = null;
      fire(this.#bench, 'error', { exercise: this.#info.slug, error });
      this.#unread = h('p', { class: 'refusal', role: 'alert' }, told(error));
      bench.after(this.#unread);
    }
  }

  /** What is locked shows its value and cannot be changed. */
  #lock() {
    const { frame, controls } = this.#parts;
    const wanted = this.#values.get('lock') ?? [];
    const locked = (/** @type {string} */ name) => Array.isArray(wanted) && (wanted.includes(name) || wanted.includes('all'));
    frame.dataset.lock = FIELDS.filter(locked).join(' ');
    for (const name of ['clock', 'speed', 'program', 'seed']) {
      for (const field of controls.bar.querySelectorAll(`fieldset.${name}`)) Reflect.set(field, 'disabled', locked(name));
    }
    for (const setting of controls.settings.querySelectorAll('playground-setting')) {
      setting.locked = locked('settings') || locked(setting.setting?.name ?? '');
    }
  }

  /** @param {import('../api/errors.js').PlaygroundError[]} refused */
  #refuse(refused) {
    const said = refused.slice(0, MOST_REFUSALS).map(told);
    if (refused.length > said.length) said.push(`And ${refused.length - said.length} more.`);
    const text = said.join('\n');
    if (text === this.#told) return;
    this.#told = text;
    const { refusals } = this.#parts;
    refusals.hidden = said.length === 0;
    refusals.replaceChildren(...said.map((one) => h('p', {}, one)));
    for (const error of refused.slice(0, MOST_REFUSALS)) fire(this.#bench, 'error', { exercise: this.#info.slug, error });
  }
}

/**
 * The options of a bench by name.
 * @param {Bench} bench
 * @returns {[string, string][]}
 */
function given(bench) {
  const attributes = OPTIONS.flatMap((name) => {
    const text = bench.getAttribute(name);
    return text === null ? [] : [/** @type {[string, string]} */ ([name, text])];
  });
  return bench.hasAttribute('primary') ? [...readQuery(location.search, embedded(bench)), ...attributes] : attributes;
}
