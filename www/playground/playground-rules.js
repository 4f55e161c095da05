// `<playground-rules>`: the rules of an exercise, each with its mark and the evidence from the last run, and with the
// events that broke it.
//
// Fires `seek` with the place of such an event, whose number is a button.

import { Base, coded, define, h, icon } from '../dom.js';
import { counted, milliseconds } from '../run/text.js';
import { names, spell } from '../run/spell.js';

/**
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {import('../api/playground.js').RuleReport} RuleReport
 */

/** More events than this are counted, not shown. */
const MOST_EVENTS = 5;

/** @typedef {{slug: string, statement: string} & Partial<RuleReport>} Rule */

export class PlaygroundRules extends Base {
  /** @type {Rule[]} */
  #rules = [];
  /** The trace in which the events of broken rules are looked up; to be set before the rules. @type {Event[]} */
  trace = [];

  /** Rules without `held` have not been judged yet. */
  get rules() {
    return this.#rules;
  }

  set rules(rules) {
    if (rules === this.#rules) return;
    this.#rules = rules;
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
      h('p', { class: 'aside' }, 'What must hold whatever the settings say.'),
      h('ul', { class: 'rules', role: 'list' }, ...this.#rules.map((rule) => item(rule, this.trace))),
    );
    this.querySelectorAll('button')[place]?.focus({ preventScroll: true });
  }
}

/**
 * @param {Rule} rule
 * @param {Event[]} trace
 */
function item(rule, trace) {
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
      broken(rule.events ?? [], trace),
    ),
  );
}

/**
 * The events that break a rule: number, time, and what happened.
 * @param {number[]} events
 * @param {Event[]} trace
 */
function broken(events, trace) {
  const found = events.slice(0, MOST_EVENTS).flatMap((seq) => trace[seq] ?? []);
  if (found.length === 0) return null;
  const name = names(trace);
  const more = events.length - found.length;
  return h(
    'ol',
    { class: 'broke', role: 'list', 'aria-label': 'Events that break it' },
    ...found.map((event) =>
      h(
        'li',
        { 'data-seq': String(event.seq) },
        h('button', { type: 'button', class: 'at', value: event.seq, title: 'Show it on the timeline' }, `#${event.seq}, ${milliseconds(event.at)} ms`),
        h('code', {}, spell(event, name)),
      ),
    ),
    more > 0 && h('li', {}, `and ${counted(more, 'event')} more`),
  );
}

define('playground-rules', PlaygroundRules);
