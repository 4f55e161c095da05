// `<playground-verdict state="passed">`: how a run stands, by icon, word and colour together.

import { Base, define, h, icon } from '../dom.js';

/** @typedef {'ready' | 'running' | 'passed' | 'failed' | 'stopped'} State */

/** @type {Record<State, string>} */
const WORDS = {
  ready: 'Ready',
  running: 'Running',
  passed: 'Passed',
  failed: 'Failed',
  stopped: 'Stopped',
};

export class PlaygroundVerdict extends Base {
  static observedAttributes = ['state', 'word'];

  /** @returns {State} */
  get state() {
    const state = this.getAttribute('state') ?? '';
    return Object.hasOwn(WORDS, state) ? /** @type {State} */ (state) : 'ready';
  }

  set state(state) {
    this.setAttribute('state', state);
  }

  /** Instead of the word of the state. @param {string | undefined} word */
  set word(word) {
    if (word === undefined) this.removeAttribute('word');
    else this.setAttribute('word', word);
  }

  connectedCallback() {
    this.#render();
  }

  attributeChangedCallback() {
    this.#render();
  }

  #render() {
    this.replaceChildren(icon(this.state), h('span', {}, this.getAttribute('word') ?? WORDS[this.state]));
  }
}

define('playground-verdict', PlaygroundVerdict);
