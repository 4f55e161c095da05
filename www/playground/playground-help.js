// `<playground-help>`: the keys of the playground, in a dialog that also turns them off. Loaded when it is opened.

import { Base, define, h } from '../dom.js';
import { keysOff, turnKeys } from './page-playground.js';
import { sheet } from './sheets.js';

const KEYS = [
  ['R', 'run'],
  ['S', 'stop'],
  ['Space', 'play or pause'],
  ['←  →', 'step to the event before or after'],
  ['↑  ↓', 'on the picture: choose a task; on a time of the output: go along the lines'],
  ['Shift + ←  →', 'on the picture: move along'],
  ['+  −  0', 'on the picture: zoom in, zoom out, show all'],
  ['?', 'show these keys'],
];

export class PlaygroundHelp extends Base {
  #dialog = /** @type {HTMLDialogElement | null} */ (null);

  /** Shows the dialog; closing it gives the focus back. */
  async open() {
    if (this.#dialog === null) {
      this.#dialog = this.#render();
      const root = /** @type {ShadowRoot} */ (this.getRootNode());
      root.adoptedStyleSheets.push(await sheet('help'));
    }
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #render() {
    const on = h('input', { type: 'checkbox', checked: !keysOff() });
    on.addEventListener('change', () => turnKeys(!on.checked));
    const close = h('button', { type: 'button' }, 'Close');
    const keys = KEYS.flatMap(([key = '', what = '']) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)]);
    const dialog = h(
      'dialog',
      { class: 'help', 'aria-labelledby': 'help-title' },
      h('h3', { id: 'help-title' }, 'Keys'),
      h('dl', {}, ...keys),
      h('p', { class: 'aside' }, 'They do nothing while you type.'),
      h('label', {}, on, ' Use these keys'),
      close,
    );
    close.addEventListener('click', () => dialog.close());
    this.replaceChildren(dialog);
    return dialog;
  }
}

define('playground-help', PlaygroundHelp);
