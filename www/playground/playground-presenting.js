// `<playground-presenting>`: a run for an audience. The picture and one sentence fill the screen, in large text, with keys
// for the whole of it. Loaded when it is opened.
//
// It shows the playground's own run at its own cursor, so what is left is found again on the page.

import { Base, define, h, relabel } from '../dom.js';
import { pictureAt } from '../picture/still.js';
import { captionAt } from '../run/captions.js';
import { stepped } from '../run/stepped.js';
import { milliseconds } from '../run/text.js';
import { sheet } from './sheets.js';
import { render } from './svg.js';

/**
 * @typedef {import('./async-playground.js').AsyncPlayground} Playground
 * @typedef {import('../run/recording.js').Recording} Recording
 */

/** The size of the words in a picture, and how large they are for an audience, in pixels. */
const WORDS = { drawn: 13, large: 28, least: 16 };
/** A press of an arrow scrolls a picture that is too high by so much, in pixels. */
const SCROLL = 120;
/** A picture for a narrower room than this is not magnified. */
const NARROW = 480;

export class PlaygroundPresenting extends Base {
  #playground = /** @type {Playground | null} */ (null);
  #controls = /** @type {import('./controls.js').Controls | null} */ (null);
  #parts = /** @type {ReturnType<PlaygroundPresenting['render']> | null} */ (null);
  /** How the run stands, in words. @type {HTMLElement | null} */
  #status = null;
  /** Whether it has asked for the whole screen, and got it. */
  #full = false;
  /** Steps have the same width while the reader goes from one to the next. */
  #steps = false;
  #frame = 0;
  #sizes = new ResizeObserver(() => this.show());

  connectedCallback() {
    document.addEventListener('fullscreenchange', this.#left);
  }

  disconnectedCallback() {
    document.removeEventListener('fullscreenchange', this.#left);
    this.#sizes.disconnect();
  }

  /**
   * @param {Playground} playground
   * @param {import('./parts.js').Parts} parts
   */
  async open(playground, { controls, status }) {
    [this.#playground, this.#controls, this.#status] = [playground, controls, status];
    if (this.#parts === null) {
      this.#parts = this.render();
      const root = /** @type {ShadowRoot} */ (this.getRootNode());
      root.adoptedStyleSheets.push(await sheet('presenting'));
      // The run has moved on, or there is another one.
      this.parentElement?.addEventListener('cursor', () => this.show());
    }
    const { dialog } = this.#parts;
    if (dialog.open) return;
    // Before the dialog is there: what fills the screen later is in front of what was there.
    this.#full = await fillScreen();
    dialog.showModal();
    this.#sizes.observe(dialog);
    if (playground.player?.recording == null) playground.run();
    this.show();
  }

  render() {
    const button = (/** @type {string} */ text, /** @type {string} */ key, /** @type {() => void} */ act) => {
      const made = h('button', { type: 'button', 'aria-keyshortcuts': key }, text);
      made.addEventListener('click', act);
      return made;
    };
    const title = h('h3', { id: 'presenting-title' });
    const stage = h('div', { class: 'stage', tabIndex: 0, role: 'region', 'aria-label': 'Picture' });
    const caption = h('p', { class: 'caption', role: 'status' });
    const play = button('Play', 'Space', () => this.#play());
    const dialog = h(
      'dialog',
      { class: 'presenting', autofocus: true, 'aria-labelledby': 'presenting-title' },
      h(
        'div',
        { class: 'row' },
        title,
        play,
        button('Back', 'ArrowLeft', () => this.#step(-1)),
        button('Next', 'ArrowRight', () => this.#step(1)),
        button('Next mistake', 'N', () => this.#nextProgram()),
        button('Leave', 'Escape', () => dialog.close()),
      ),
      stage,
      caption,
    );
    const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    drawing.classList.add('picture');
    stage.append(drawing);
    dialog.addEventListener('keydown', (event) => this.#press(event));
    dialog.addEventListener('close', () => this.#close());
    this.replaceChildren(dialog);
    return { dialog, title, stage, drawing, caption, play };
  }

  /** Shows the run at its cursor, in the next frame. */
  show() {
    if (this.#frame !== 0 || this.#parts?.dialog.open !== true) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    const [parts, player] = [this.#parts, this.#playground?.player];
    const recording = player?.recording;
    if (parts === null || !player || !recording) return;
    const { info, request } = recording;
    const { cursor, time, playing } = player;
    if (playing) this.#steps = false;
    // The reader's own is in no list.
    const program = info.programs.find(({ slug }) => slug === request.program)?.title ?? 'your program';
    parts.title.textContent = `${info.title}: ${program}`;
    relabel(parts.play, playing ? 'Pause' : 'Play');
    const event = recording.events[cursor - 1];
    // Where it stops by itself, there is a verdict.
    const over = recording.report !== null && !playing && !this.#steps;
    parts.caption.textContent = (over && this.#status?.textContent) || `${event === undefined ? '' : `${milliseconds(event.at)} ms: `}${captionAt(recording, cursor)}`;
    const drawn = this.#steps ? stepped(recording) : recording;
    const now = this.#steps ? drawn.timeAt(cursor) : time;
    const { clientWidth: width, clientHeight: height } = parts.stage;
    const at = (/** @type {number} */ factor) => pictureAt(drawn, { width: Math.round(width / factor), title: info.title, cursor, now });
    let factor = Math.max(Math.min(WORDS.large / WORDS.drawn, width / NARROW), 1);
    let picture = at(factor);
    const natural = Number(picture.attributes.height);
    if (natural * factor > height) {
      factor = Math.max(height / natural, Math.min(factor, WORDS.least / WORDS.drawn));
      picture = at(factor);
    }
    for (const name of ['viewBox', 'role']) parts.drawing.setAttribute(name, String(picture.attributes[name]));
    parts.drawing.setAttribute('width', String(width));
    parts.drawing.setAttribute('height', String(Math.floor(Number(picture.attributes.height) * factor)));
    if (typeof picture.content !== 'string') render(parts.drawing, picture.content);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { key, ctrlKey, altKey, metaKey, target } = event;
    if (ctrlKey || altKey || metaKey) return;
    // What changes pages on a slide is what a remote control sends.
    if (key === 'ArrowRight' || key === 'PageDown') this.#step(1);
    else if (key === 'ArrowLeft' || key === 'PageUp') this.#step(-1);
    else if (key === 'ArrowDown' || key === 'ArrowUp') this.#parts?.stage.scrollBy(0, key === 'ArrowDown' ? SCROLL : -SCROLL);
    else if (key === 'n' || key === 'N') this.#nextProgram();
    else if (key === ' ' && !(target instanceof HTMLButtonElement)) this.#play();
    else return;
    event.preventDefault();
  }

  #play() {
    this.#playground?.player?.toggle();
  }

  /** @param {1 | -1} by */
  #step(by) {
    this.#steps = true;
    this.#playground?.player?.step(by);
  }

  /** Runs the next program, with the settings that show what is wrong with it. */
  #nextProgram() {
    const [controls, recording] = [this.#controls, this.#playground?.player?.recording];
    if (controls === null || !recording) return;
    const { programs } = recording.info;
    const place = programs.findIndex(({ slug }) => slug === controls.program);
    for (const name of /** @type {const} */ (['seed', 'order', 'interfere'])) controls.set(name, undefined);
    controls.setSettings({});
    controls.set('program', programs[(place + 1) % programs.length]?.slug);
    // As if its card had been pressed.
    controls.programs.dispatchEvent(new CustomEvent('program'));
    this.#steps = false;
  }

  #left = () => {
    if (this.#full && document.fullscreenElement === null) this.#parts?.dialog.close();
  };

  #close() {
    this.#sizes.disconnect();
    if (this.#full && document.fullscreenElement !== null) void document.exitFullscreen();
    this.#full = false;
  }
}

/** Fills the screen, if a press allows it; returns whether it does. */
async function fillScreen() {
  if (!document.fullscreenEnabled || document.fullscreenElement !== null || navigator.userActivation?.isActive === false) return false;
  return document.documentElement.requestFullscreen().then(() => true, () => false);
}

define('playground-presenting', PlaygroundPresenting);
