// `<passed-mark exercise="ttl-cache">`: a mark for an exercise that passed in this browser.

import { Base, define, h, icon } from '../dom.js';
import { hasPassed, onPassed } from './progress.js';

export class PassedMark extends Base {
  /** @type {(() => void) | null} */
  #forget = null;

  connectedCallback() {
    this.#render();
    this.#forget = onPassed(() => this.#render());
  }

  disconnectedCallback() {
    this.#forget?.();
    this.#forget = null;
  }

  #render() {
    const passed = hasPassed(this.getAttribute('exercise') ?? '');
    this.toggleAttribute('data-passed', passed);
    this.replaceChildren(...(passed ? [icon('passed'), h('span', {}, 'passed')] : []));
  }
}

define('passed-mark', PassedMark);
