// `<playground-rules>`: the rules of an exercise, each with its mark and the evidence from the last run, and with the
// events that broke it. Those that held are in a drawer.
//
// Fires `seek` with the place of such an event, whose number is a button; and `lines`, see broken-events.js.

import { Base, coded, define, h, icon } from '../dom.js';
import { counted } from '../run/text.js';

/**
 * @typedef {import('../run/recording.js').Recording} Recording
 * @typedef {import('../run/at-cursor.js').Rule} Rule
 * @typedef {typeof import('./broken-events.js').brokenEvents} List
 */

const FOCUSABLE = 'button, summary';

export class PlaygroundRules extends Base {
  /** @type {Rule[]} */
  #rules = [];
  /** In which the events of broken rules are looked up. @type {Recording | null} */
  #recording = null;
  /** Lists the events that broke a rule; loaded with the first one. @type {List | null} */
  #list = null;

  /**
   * @param {Rule[]} rules
   * @param {Recording | null} recording of the run, if there is one
   */
  show(rules, recording) {
    // During a run the rules are made anew in each frame, and hardly ever differ.
    const same = rules.length === this.#rules.length && rules.every((rule, at) => rule.held === this.#rules[at]?.held && rule.events === this.#rules[at]?.events);
    if (same && recording === this.#recording) return;
    [this.#rules, this.#recording] = [rules, recording];
    this.#render();
    if (this.#list === null && rules.some(({ held, events }) => !held && events?.length)) void this.#loadList();
  }

  constructor() {
    super();
    this.addEventListener('click', (event) => {
      const place = /** @type {Element} */ (event.target).closest('button')?.value;
      if (place) this.dispatchEvent(new CustomEvent('seek', { detail: { seq: Number(place) } }));
    });
  }

  async #loadList() {
    // The evidence says without it what broke.
    const loaded = await import('./broken-events.js').catch(() => null);
    if (loaded === null || this.#list !== null) return;
    this.#list = loaded.brokenEvents;
    this.#render();
  }

  #render() {
    this.hidden = this.#rules.length === 0;
    // The list is made anew while its buttons are used.
    const focused = /** @type {ShadowRoot | Document} */ (this.getRootNode()).activeElement;
    const place = focused !== null && this.contains(focused) ? [...this.querySelectorAll(FOCUSABLE)].indexOf(focused) : -1;
    const list = (/** @type {Rule[]} */ rules) => h('ul', { class: 'rules', role: 'list' }, ...rules.map((rule) => item(rule, this.#recording, this.#list)));
    const held = this.#rules.filter((rule) => rule.held);
    const others = this.#rules.filter((rule) => !rule.held);
    const open = this.querySelector('details')?.open ?? false;
    const which = others.length === 0 ? (held.length === 1 ? 'The rule' : `All ${held.length} rules`) : counted(held.length, 'more rule');
    this.replaceChildren(
      h('h3', {}, 'Rules'),
      h('p', { class: 'aside' }, 'These rules must be true for every setting.'),
      ...(others.length > 0 ? [list(others)] : []),
      ...(held.length > 0 ? [h('details', { open }, h('summary', {}, icon('passed'), ` ${which} held`), list(held))] : []),
    );
    /** @type {HTMLElement | undefined} */ (this.querySelectorAll(FOCUSABLE)[place])?.focus({ preventScroll: true });
  }
}

/**
 * @param {Rule} rule
 * @param {Recording | null} recording
 * @param {List | null} list
 */
function item(rule, recording, list) {
  const state = rule.held == null ? 'ready' : rule.held ? 'passed' : 'failed';
  const word = { ready: 'not judged yet', passed: 'held', failed: 'broken' }[state];
  return h(
    'li',
    { 'data-state': state, 'data-rule': rule.slug },
    icon(state),
    h(
      'div',
      {},
      h('p', {}, ...coded(rule.statement), h('span', { class: 'visually-hidden' }, ` (${word})`)),
      rule.evidence ? h('p', { class: 'evidence' }, rule.evidence) : null,
      ...((recording && list?.(rule.events ?? [], recording)) ?? []),
    ),
  );
}

define('playground-rules', PlaygroundRules);
