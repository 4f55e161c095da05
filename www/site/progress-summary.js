// `<progress-summary>`: how many exercises of the index are done, and a link to the first that is not.
//
// Without scripts the link to the first exercise, which it has from the start, stays.

import { define, h } from '../dom.js';
import { DONE, isDone } from './progress.js';
import { ProgressElement } from './progress-element.js';

export class ProgressSummary extends ProgressElement {
  /** @override */
  render() {
    const cards = [...document.querySelectorAll('.card')];
    const left = cards.filter((card) => !isDone(card.querySelector('progress-mark')?.getAttribute('exercise') ?? ''));
    const count = cards.length - left.length;
    if (count === 0) return;
    const next = left[0]?.querySelector('a');
    const said = h('span', {}, `${count} of ${cards.length} ${DONE}`);
    const onward = next && h('a', { class: 'onward', href: next.getAttribute('href') }, `Continue: ${next.textContent}`);
    this.replaceChildren(said, onward ?? '');
  }
}

define('progress-summary', ProgressSummary);
