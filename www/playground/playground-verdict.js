// `<playground-verdict state="watched">`: how a run stands, by icon, word and colour together.

import { Base, define, h, icon } from '../dom.js';

/** @typedef {import('../run/status.js').State} State */

/** @type {Record<State, [word: string, icon: import('../dom.js').IconName]>} */
const STATES = {
  before: ['Ready', 'ready'],
  running: ['Running', 'running'],
  passed: ['Solved', 'passed'],
  watched: ['Watched', 'passed'],
  broken: ['Almost', 'failed'],
  'mistake-shown': ['Mistake shown', 'failed'],
  stopped: ['Stopped', 'stopped'],
  stuck: ['Stuck', 'failed'],
  error: ['Error', 'failed'],
};

export class PlaygroundVerdict extends Base {
  /**
   * @param {State} state
   * @param {string} [word] instead of that of the state
   * @returns {string} the word
   */
  show(state, word = STATES[state][0]) {
    this.setAttribute('state', state);
    this.replaceChildren(icon(STATES[state][1]), h('span', {}, word));
    return word;
  }
}

define('playground-verdict', PlaygroundVerdict);
