// `<playground-laws>`: the laws of an exercise, each with its mark and the evidence from the last run, and with the
// events that broke it.
//
// Fires `seek` with the place of such an event, whose number is a button.

import { Base, coded, counted, define, h, icon, milliseconds } from '../dom.js';
import { names, spell } from '../spell.js';

/**
 * @typedef {import('../playground.js').Event} Event
 * @typedef {import('../playground.js').LawReport} LawReport
 */

/** More events than this are counted, not shown. */
const MOST_EVENTS = 5;

/** @typedef {{slug: string, statement: string} & Partial<LawReport>} Law */

export class PlaygroundLaws extends Base {
  /** @type {Law[]} */
  #laws = [];
  /** The trace in which the events of broken laws are looked up; to be set before the laws. @type {Event[]} */
  trace = [];

  /** Laws without `held` have not been judged yet. */
  get laws() {
    return this.#laws;
  }

  set laws(laws) {
    if (laws === this.#laws) return;
    this.#laws = laws;
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
    this.hidden = this.#laws.length === 0;
    // The list is made anew while its buttons are used.
    const focused = /** @type {ShadowRoot | Document} */ (this.getRootNode()).activeElement;
    const place = focused !== null && this.contains(focused) ? [...this.querySelectorAll('button')].indexOf(/** @type {HTMLButtonElement} */ (focused)) : -1;
    this.replaceChildren(
      h('h3', {}, 'Laws'),
      h('p', { class: 'aside' }, 'What must hold whatever the settings say.'),
      h('ul', { class: 'laws', role: 'list' }, ...this.#laws.map((law) => item(law, this.trace))),
    );
    this.querySelectorAll('button')[place]?.focus({ preventScroll: true });
  }
}

/**
 * @param {Law} law
 * @param {Event[]} trace
 */
function item(law, trace) {
  const state = law.held === undefined ? 'ready' : law.held ? 'passed' : 'failed';
  const word = { ready: 'not judged yet', passed: 'held', failed: 'broken' }[state];
  return h(
    'li',
    { 'data-state': state, 'data-law': law.slug },
    icon(state),
    h(
      'div',
      {},
      h('p', {}, ...coded(law.statement), h('span', { class: 'visually-hidden' }, ` (${word})`)),
      law.evidence ? h('p', { class: 'evidence' }, law.evidence) : null,
      broken(law.events ?? [], trace),
    ),
  );
}

/**
 * The events that break a law: number, time, and what happened.
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

define('playground-laws', PlaygroundLaws);
