// `<player-controls>`: the controls of a player, around one native slider over the events.
//
// Fires `seek` with a cursor, `play`, and `axis` with the axis that is to be shown; the player has the state.

import { Base, define, drawing, h } from '../dom.js';
import { AXES } from '../run/stepped.js';

const OUTLINES = {
  play: 'M5 3.2l7.5 4.8L5 12.8z',
  pause: 'M5.2 3.2v9.6M10.8 3.2v9.6',
  start: 'M4 3.2v9.6M12.5 3.2L6.5 8l6 4.8z',
  end: 'M12 3.2v9.6M3.5 3.2l6 4.8l-6 4.8z',
  previous: 'M10.5 3.2L4.5 8l6 4.8',
  next: 'M5.5 3.2l6 4.8l-6 4.8',
};

/** @type {Record<import('../run/stepped.js').Axis, {text: string, title: string}>} */
const AXIS_LABELS = {
  time: { text: 'Time', title: 'Show the run over time' },
  steps: { text: 'Steps', title: 'Show each event in a step of its own, also those of one moment' },
};

export class PlayerControls extends Base {
  #parts = /** @type {ReturnType<PlayerControls['render']> | null} */ (null);
  #cursor = 0;

  connectedCallback() {
    this.#parts ??= this.render();
  }

  render() {
    const button = (/** @type {keyof typeof OUTLINES} */ name, /** @type {string} */ label, /** @type {() => void} */ act) => {
      const made = h('button', { type: 'button', class: 'quiet', 'aria-label': label, title: label }, drawing(OUTLINES[name]));
      made.addEventListener('click', act);
      return made;
    };
    const start = button('start', 'To the start', () => this.#seek(0));
    const previous = button('previous', 'Previous event', () => this.#seek(this.#cursor - 1));
    const play = button('play', 'Play', () => this.dispatchEvent(new CustomEvent('play')));
    const next = button('next', 'Next event', () => this.#seek(this.#cursor + 1));
    const end = button('end', 'To the end', () => this.#seek(Infinity));
    play.classList.add('play');
    const slider = h('input', { type: 'range', min: '0', max: '0', step: '1', value: '0', 'aria-label': 'Event' });
    slider.addEventListener('input', () => this.#seek(Number(slider.value)));
    const axes = AXES.map((axis) => {
      const { text, title } = AXIS_LABELS[axis];
      const made = h('button', { type: 'button', class: 'small', value: axis, title }, text);
      made.addEventListener('click', () => this.dispatchEvent(new CustomEvent('axis', { detail: { axis } })));
      return made;
    });
    const where = h('p', { class: 'where' });
    const over = h('div', { class: 'axes', role: 'group', 'aria-label': 'Axis' }, ...axes);
    this.replaceChildren(h('div', { class: 'buttons' }, start, previous, play, next, end), slider, over, where);
    return { start, previous, play, next, end, slider, axes, where };
  }

  /**
   * @param {{cursor: number, length: number, playing: boolean, axis: import('../run/stepped.js').Axis, text: string}} state
   */
  show({ cursor, length, playing, axis, text }) {
    const parts = this.#parts;
    if (parts === null) return;
    this.#cursor = cursor;
    parts.slider.max = String(length);
    parts.slider.value = String(cursor);
    parts.slider.setAttribute('aria-valuetext', `${cursor} of ${length}, ${text}`);
    const label = playing ? 'Pause' : 'Play';
    if (parts.play.title !== label) {
      parts.play.replaceChildren(drawing(playing ? OUTLINES.pause : OUTLINES.play));
      parts.play.title = label;
      parts.play.setAttribute('aria-label', label);
    }
    for (const button of parts.axes) button.setAttribute('aria-pressed', String(button.value === axis));
    // Not disabled at the ends: a button that has the focus would lose it.
    for (const [button, over] of /** @type {const} */ ([[parts.start, cursor === 0], [parts.previous, cursor === 0], [parts.next, cursor >= length], [parts.end, cursor >= length]])) {
      button.setAttribute('aria-disabled', String(over));
    }
    parts.where.textContent = `${cursor} of ${length} · ${text}`;
  }

  /** @param {number} cursor */
  #seek(cursor) {
    this.dispatchEvent(new CustomEvent('seek', { detail: { cursor } }));
  }
}

define('player-controls', PlayerControls);
