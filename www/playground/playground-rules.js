// `<playground-rules>`: the rules of an exercise, each with its mark and the evidence from the last run, and with the
// events that broke it.
//
// Fires `seek` with the place of such an event, whose number is a button.

import { Base, coded, define, h, icon } from '../dom.js';
import { counted, milliseconds } from '../run/text.js';
import { names, spell } from '../run/spell.js';

/**
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {import('../run/at-cursor.js').Rule} Rule
 */

/** More events than this are counted, not shown. */
const MOST_EVENTS = 5;

export class PlaygroundRules extends Base {
  /** @type {Rule[]} */
  #rules = [];
  /** In which the events of broken rules are looked up. @type {Event[]} */
  #events = [];

  /**
   * @param {Rule[]} rules
   * @param {Event[]} events those of the run
   */
  show(rules, events) {
    // During a run the rules are made anew in each frame, and hardly ever differ.
    const same = rules.length === this.#rules.length && rules.every((rule, at) => rule.held === this.#rules[at]?.held && rule.events === this.#rules[at]?.events);
    if (same && events === this.#events) return;
    [this.#rules, this.#events] = [rules, events];
    this.#render();
  }

  constructor() {
    super();
    this.addEventListener('click', (event) => {
      const place = /** @type {Element} */ (event.target).closest('button')?.value;
      if (place !== undefined) this.dispatchEvent(new CustomEvent('seek', { detail: { seq: Number(place) } }));
    });
  }

  #render() {
    this.hidden = this.#rules.length === 0;
    // The list is made anew while its buttons are used.
    const focused = /** @type {ShadowRoot | Document} */ (this.getRootNode()).activeElement;
    const place = focused !== null && this.contains(focused) ? [...this.querySelectorAll('button')].indexOf(/** @type {HTMLButtonElement} */ (focused)) : -1;
    this.replaceChildren(
      h('h3', {}, 'Rules'),
      h('p', { class: 'aside' }, 'These rules must be true for every setting.'),
      h('ul', { class: 'rules', role: 'list' }, ...this.#rules.map((rule) => item(rule, this.#events))),
    );
    this.querySelectorAll('button')[place]?.focus({ preventScroll: true });
  }
}

/**
 * @param {Rule} rule
 * @param {Event[]} run
 */
function item(rule, run) {
  const state = rule.held === undefined ? 'ready' : rule.held ? 'passed' : 'failed';
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
      broken(rule.events ?? [], run),
    ),
  );
}

/**
 * The events that break a rule: number, time, and what happened.
 * @param {number[]} events
 * @param {Event[]} run
 */
function broken(events, run) {
  const found = events.slice(0, MOST_EVENTS).flatMap((seq) => run[seq] ?? []);
  if (found.length === 0) return null;
  const name = names(run);
  const more = events.length - found.length;
  return h(
    'ol',
    { class: 'broke', role: 'list', 'aria-label': 'Events that break it' },
    ...found.map((event) =>
      h(
        'li',
        { 'data-seq': String(event.seq) },
        h('button', { type: 'button', class: 'at', value: event.seq, title: 'Show it in the picture' }, `#${event.seq}, ${milliseconds(event.at)} ms`),
        h('code', {}, spell(event, name)),
      ),
    ),
    more > 0 && h('li', {}, `and ${counted(more, 'event')} more`),
  );
}

define('playground-rules', PlaygroundRules);
