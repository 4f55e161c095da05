// What shows how far the reader is, and is rendered again when that changes.

import { Base } from '../dom.js';
import { onProgress } from './progress.js';

export class ProgressElement extends Base {
  /** @type {(() => void) | null} */
  #forget = null;

  connectedCallback() {
    this.render();
    this.#forget = onProgress(() => this.render());
  }

  disconnectedCallback() {
    this.#forget?.();
    this.#forget = null;
  }

  render() {}
}
