// `<playground-help>`: how to read a picture, and the keys of the playground, in a dialog that also turns these off. Loaded
// when it is opened.

import { sample } from '../api/engine.js';
import { Base, define, h } from '../dom.js';
import { LABELS, labelled } from '../picture/labelled.js';
import { Recording } from '../run/recording.js';
import { keysOff, turnKeys } from './page-playground.js';
import { sheet } from './sheets.js';
import { svg } from './svg.js';

const KEYS = [
  ['R', 'run'],
  ['S', 'stop'],
  ['Space', 'play or pause'],
  ['←  →', 'step to the event before or after'],
  ['↑  ↓', 'on the picture: choose a task; on a time of the output: go along the lines'],
  ['Shift + ←  →', 'on the picture: move along'],
  ['+  −  0', 'on the picture: zoom in, zoom out, show all'],
  ['P', 'present: picture and one sentence fill the screen'],
  ['?', 'show this help'],
];

/** The width of the labelled picture, in pixels; narrower where there is less room. */
const WIDTH = 560;

export class PlaygroundHelp extends Base {
  #dialog = /** @type {HTMLDialogElement | null} */ (null);

  /**
   * Shows the dialog; closing it gives the focus back.
   * @param {import('./async-playground.js').AsyncPlayground} playground
   */
  async open(playground) {
    if (this.#dialog === null) {
      this.#dialog = this.#render(playground);
      const root = /** @type {ShadowRoot} */ (this.getRootNode());
      // The looks of pictures are those of the player, which may not be loaded yet.
      root.adoptedStyleSheets.push(...(await Promise.all(['player', 'help'].map(sheet))));
    }
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** @param {import('./async-playground.js').AsyncPlayground} playground */
  #render(playground) {
    const on = h('input', { type: 'checkbox', checked: !keysOff() });
    on.addEventListener('change', () => turnKeys(!on.checked));
    const button = (/** @type {string} */ text, /** @type {() => void} */ act) => {
      const made = h('button', { type: 'button' }, text);
      made.addEventListener('click', () => {
        dialog.close();
        act();
      });
      return made;
    };
    const keys = KEYS.flatMap(([key = '', what = '']) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)]);
    const figure = h('figure', {});
    void draw(figure);
    const dialog = h(
      'dialog',
      { class: 'help', 'aria-labelledby': 'help-title' },
      h('div', { class: 'row' }, h('h3', { id: 'help-title' }, 'How to read this'), button('Close', () => {}), button('Present', () => void playground.present())),
      h(
        'div',
        { class: 'reading' },
        figure,
        h('ol', {}, ...LABELS.map((label) => h('li', {}, label))),
        h('p', {}, 'A dashed arrow goes from a task to what it begins to use. A line with rings goes from what is over to the tasks that waited for it.'),
        h('p', {}, h('b', {}, 'Time or Steps: '), 'over time, what happens at one moment lies on top of each other. In steps each event has the same width, so you see which came first.'),
        h('p', {}, 'Red marks what broke a rule. The other signs are explained below each picture, which is there as a table too.'),
      ),
      h(
        'div',
        { class: 'use' },
        h('h3', {}, 'Keys'),
        h('dl', {}, ...keys),
        h('p', { class: 'aside' }, 'They do nothing while you type.'),
        h('label', {}, on, ' Use these keys'),
      ),
    );
    this.replaceChildren(dialog);
    return dialog;
  }
}

/**
 * Draws the labelled picture. The words below it can be read without it.
 * @param {HTMLElement} figure
 */
async function draw(figure) {
  const run = await sample().catch(() => null);
  if (run === null) return;
  const recording = Recording.of(run.events, run.about, run.settings);
  figure.append(svg(labelled(recording, { width: Math.min(WIDTH, innerWidth - 80), title: 'Two queries share one connection, with numbers at the parts of the picture' })));
}

define('playground-help', PlaygroundHelp);
