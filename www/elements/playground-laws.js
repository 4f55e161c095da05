// `<playground-laws>`: the laws of an exercise, each with its mark and the evidence from the last run.

import { Base, define, h, icon } from '../dom.js';

/** @typedef {import('../playground.js').LawReport} LawReport */

/** @typedef {{slug: string, statement: string} & Partial<LawReport>} Law */

export class PlaygroundLaws extends Base {
  /** @type {Law[]} */
  #laws = [];

  /** Laws without `held` have not been judged yet. */
  get laws() {
    return this.#laws;
  }

  set laws(laws) {
    if (laws === this.#laws) return;
    this.#laws = laws;
    this.#render();
  }

  #render() {
    this.hidden = this.#laws.length === 0;
    this.replaceChildren(
      h('h3', {}, 'Laws'),
      h('p', { class: 'aside' }, 'What must hold whatever the knobs say.'),
      h('ul', { class: 'laws', role: 'list' }, ...this.#laws.map(item)),
    );
  }
}

/** @param {Law} law */
function item(law) {
  const state = law.held === undefined ? 'ready' : law.held ? 'passed' : 'failed';
  const word = { ready: 'not judged yet', passed: 'held', failed: 'broken' }[state];
  return h(
    'li',
    { 'data-state': state, 'data-law': law.slug },
    icon(state),
    h(
      'div',
      {},
      h('p', {}, law.statement, h('span', { class: 'visually-hidden' }, ` (${word})`)),
      law.evidence ? h('p', { class: 'evidence' }, law.evidence) : null,
    ),
  );
}

define('playground-laws', PlaygroundLaws);
