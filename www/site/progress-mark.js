// `<progress-mark exercise="ttl-cache">`: a mark for an exercise that is done in this browser.

import { define, h, icon } from '../dom.js';
import { DONE, isDone } from './progress.js';
import { ProgressElement } from './progress-element.js';

export class ProgressMark extends ProgressElement {
  /** @override */
  render() {
    const done = isDone(this.getAttribute('exercise') ?? '');
    this.toggleAttribute('data-done', done);
    this.replaceChildren(...(done ? [icon('passed'), h('span', {}, DONE)] : []));
  }
}

define('progress-mark', ProgressMark);
