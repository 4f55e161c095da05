// `<progress-mark exercise="ttl-cache">`: a mark for an exercise that is done in this browser.

import { Base, define, h, icon } from '../dom.js';
import { DONE, isDone, onProgress } from './progress.js';

export class ProgressMark extends Base {
  /** @type {(() => void) | null} */
  #forget = null;

  connectedCallback() {
    this.#render();
    this.#forget = onProgress(() => this.#render());
  }

  disconnectedCallback() {
    this.#forget?.();
    this.#forget = null;
  }

  #render() {
    const done = isDone(this.getAttribute('exercise') ?? '');
    this.toggleAttribute('data-done', done);
    this.replaceChildren(...(done ? [icon('passed'), h('span', {}, DONE)] : []));
  }
}

define('progress-mark', ProgressMark);
