// `<hint-list>`: hints in `<details>`. Opening a hint makes the next one appear.
//
// Without scripts all hints are shown closed, and can be opened in any order.

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
