// `<playground-rules>`: the rules of an exercise, each with its mark and the evidence from the last run, and with the
// events that broke it. Those that held are in a drawer.
//
// Fires `seek` with the place of such an event, whose number is a button.

import { Base, coded, define, h, icon } from '../dom.js';
import { counted, milliseconds } from '../run/text.js';

/**
 * @typedef {import('../run/recording.js').Recording} Recording
 * @typedef {import('../run/at-cursor.js').Rule} Rule
 */

/** More events than this are counted, not shown. */
const MOST_EVENTS = 5;
const FOCUSABLE = 'button, summary';

export class PlaygroundRules extends Base {
  /** @type {Rule[]} */
  #rules = [];
  /** In which the events of broken rules are looked up. @type {Recording | null} */
  #recording = null;
  /** Says what an event is; loaded with the first broken rule. @type {typeof import('../run/captions.js').captionAt | null} */
  #caption = null;

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
    if (this.#caption === null && rules.some(({ held }) => held === false)) void this.#loadCaptions();
  }

  constructor() {
    super();
    this.addEventListener('click', (event) => {
      const place = /** @type {Element} */ (event.target).closest('button')?.value;
      if (place !== undefined) this.dispatchEvent(new CustomEvent('seek', { detail: { seq: Number(place) } }));
    });
  }

  async #loadCaptions() {
    // Without them number and time of an event still lead to it.
    const loaded = await import('../run/captions.js').catch(() => null);
    if (loaded === null || this.#caption !== null) return;
    this.#caption = loaded.captionAt;
    this.#render();
  }

  #render() {
    this.hidden = this.#rules.length === 0;
    // The list is made anew while its buttons are used.
    const focused = /** @type {ShadowRoot | Document} */ (this.getRootNode()).activeElement;
    const place = focused !== null && this.contains(focused) ? [...this.querySelectorAll(FOCUSABLE)].indexOf(focused) : -1;
    const list = (/** @type {Rule[]} */ rules) => h('ul', { class: 'rules', role: 'list' }, ...rules.map((rule) => item(rule, this.#recording, this.#caption)));
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
 * @param {typeof import('../run/captions.js').captionAt | null} caption
 */
function item(rule, recording, caption) {
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
      recording && broken(rule.events ?? [], recording, caption),
    ),
  );
}

/**
 * The events that break a rule: number, time, and what happened.
 * @param {number[]} events
 * @param {Recording} recording
 * @param {typeof import('../run/captions.js').captionAt | null} caption
 */
function broken(events, recording, caption) {
  const found = events.slice(0, MOST_EVENTS).flatMap((seq) => recording.events[seq] ?? []);
  if (found.length === 0) return null;
  const more = events.length - found.length;
  return h(
    'ol',
    { class: 'broke', role: 'list', 'aria-label': 'Events that break it' },
    ...found.map((event) =>
      h(
        'li',
        { 'data-seq': String(event.seq) },
        h('button', { type: 'button', class: 'at', value: event.seq, title: 'Show it in the picture' }, `#${event.seq}, ${milliseconds(event.at)} ms`),
        h('span', {}, caption?.(recording, event.seq + 1) ?? ''),
      ),
    ),
    more > 0 && h('li', {}, `and ${counted(more, 'event')} more`),
  );
}

define('playground-rules', PlaygroundRules);
