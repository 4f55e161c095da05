// `<hint-list>`: hints in `<details>`, of which the next one appears when the one before it has been opened.
//
// Without script all of them are there to be opened, in any order.

import { Base, define } from '../dom.js';

export class HintList extends Base {
  connectedCallback() {
    const hints = [...this.querySelectorAll('details')];
    hints.forEach((hint, index) => {
      const next = hints[index + 1];
      if (next === undefined) return;
      next.hidden = !hint.open;
      hint.addEventListener('toggle', () => {
        if (hint.open) next.hidden = false;
      });
    });
  }
}

define('hint-list', HintList);
