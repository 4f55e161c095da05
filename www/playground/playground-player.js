// `<playground-player>`: the picture of a run with the controls of its cursor, interference and comparison.
//
// Loaded with the first run. It shows the recording and the cursor of the player that it is given, whenever `show` is called.
//
// Fires `chooseline` with a line's number or null, `change` when the view has changed and, across shadow roots, `sourceline`
// with `{file, line, reveal}`: a page that has the source marks the line and prevents the default.

import './playground-interfere.js';
import './playground-compare.js';
import './playground-order.js';
import './playground-picture.js';
import './player-controls.js';

import { Base, define, h } from '../dom.js';
import { captionAt } from '../run/captions.js';
import { download, offerCopy, traceParts } from './exports.js';
import { brokenAt, brokenIn } from '../run/recording.js';
import { spanAt } from '../run/spans.js';
import { onAxis } from '../run/stepped.js';
import { milliseconds, sentence } from '../run/text.js';
import { eventChoice, lineChoice, spanChoice } from '../run/words.js';

/** @typedef {import('../run/recording.js').Recording} Recording */

/** On the axis of steps each step has at least so many pixels at first. */
const LEAST_STEP = 6;
/** A cursor that rests so long is announced to a screen reader. */
const ANNOUNCE_AFTER_MS = 500;

export class PlaygroundPlayer extends Base {
  /** To be set before it is put into the page. @type {import('./runs.js').Runs | null} */
  runs = null;
  #recording = /** @type {Recording | null} */ (null);
  /** The report that has been shown; undefined while the run goes on. @type {import('../api/playground.js').Report | null | undefined} */
  #report;
  /** The places of the events that broke a rule. @type {ReadonlySet<number>} */
  #broken = new Set();
  /** Whether the run shows a mistake, beside the correct program. */
  #shown = false;
  #timer = 0;
  /** The cursor that was shown last, unless it moved by itself. @type {number | null} */
  #rested = null;
  /** Who has the axis as it is, if it is not as it was at first. @type {'reader' | 'steps' | null} */
  #axisBy = null;
  #choice = /** @type {import('../run/words.js').Choice | null} */ (null);
  #parts = /** @type {ReturnType<PlaygroundPlayer['render']> | null} */ (null);

  connectedCallback() {
    if (this.runs !== null) this.#parts ??= this.render(this.runs);
    this.show();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** How the run is looked at, beside the cursor: over which axis, and which part of it; null for all of it. */
  get look() {
    const picture = this.#parts?.picture;
    const { axis = 'time', scale } = picture ?? {};
    return { axis, zoom: scale === undefined || scale.whole ? null : [scale.from, scale.to] };
  }

  /** @param {import('./runs.js').Runs} runs */
  render(runs) {
    const { player } = runs;
    const button = (/** @type {string} */ text, /** @type {() => void} */ act) => {
      const made = h('button', { type: 'button', class: 'small' }, text);
      made.addEventListener('click', act);
      return made;
    };
    const controls = h('player-controls', { part: 'player' });
    const order = Object.assign(h('playground-order'), { runs });
    const interfere = h('playground-interfere');
    const picture = h('playground-picture');
    const compare = h('playground-compare');
    const zoom = h(
      'div',
      { class: 'tools', role: 'group', 'aria-label': 'Zoom' },
      button('Zoom in', () => picture.zoom('in')),
      button('Zoom out', () => picture.zoom('out')),
      button('Show all', () => picture.zoom('all')),
    );
    const save = h(
      'div',
      { class: 'tools', role: 'group', 'aria-label': 'Save' },
      button('Save SVG', () => this.save('svg')),
      button('Save trace', () => this.save('json')),
      button('Save text', () => this.save('txt')),
    );
    const said = h('p', { class: 'said' });
    const show = button('', () => this.#source(true));
    const choice = h('div', { class: 'choice' }, said, show);
    const status = h('p', { class: 'visually-hidden', role: 'status' });
    const tools = h('details', { class: 'drawer' }, h('summary', {}, 'Zoom, compare, save'), h('div', { class: 'player-tools' }, zoom, compare.tools, save));
    this.replaceChildren(picture, compare, controls, order, choice, interfere, tools, status);
    controls.addEventListener('seek', (event) => player.seek(/** @type {CustomEvent} */ (event).detail.cursor));
    controls.addEventListener('play', () => player.toggle());
    controls.addEventListener('axis', (event) => {
      this.#axisBy = 'reader';
      this.#turn(/** @type {CustomEvent} */ (event).detail.axis);
    });
    for (const part of [order, interfere]) {
      part.addEventListener('again', (event) => {
        const { parts, from } = /** @type {CustomEvent} */ (event).detail;
        runs.again(parts, from);
      });
    }
    for (const part of [order, picture]) part.addEventListener('seek', (event) => player.seek(/** @type {CustomEvent} */ (event).detail.cursor));
    picture.addEventListener('choose', (event) => this.#chooseSpan(/** @type {CustomEvent} */ (event).detail));
    picture.addEventListener('viewchange', () => this.#viewChanged());
    compare.addEventListener('viewchange', () => this.#viewChanged());
    compare.addEventListener('extent', () => this.#fit());
    compare.scale = picture.scale;
    return { controls, order, interfere, picture, compare, said, show, status, save };
  }

  /** Shows the recording at the cursor of the player. */
  show() {
    const [parts, runs] = [this.#parts, this.runs];
    const { recording } = runs?.player ?? {};
    if (parts === null || runs === null || !recording) return;
    const { cursor, length, playing, atEnd } = runs.player;
    if (recording !== this.#recording) this.#begin(recording);
    const growing = recording.ended === null && runs.going;
    if (!growing && this.#report !== recording.report) this.#complete(recording);
    const event = recording.events[cursor - 1];
    const text = event === undefined ? captionAt(recording, 0) : `${milliseconds(event.at)} ms: ${captionAt(recording, cursor)}`;
    const { time } = runs.player;
    this.#follow(recording, cursor, playing || growing);
    const { axis } = parts.picture;
    parts.controls.show({ cursor, length, playing, axis, text });
    const now = axis === 'time' ? time : onAxis(recording, axis).timeAt(cursor);
    // Before the first event the other run has had none either.
    const at = event === undefined && !playing ? -1 : now;
    // Where a mistake has been shown, the rest of the run is in the picture too: what broke is not over yet.
    const shown = this.#shown && recording.report !== null && !playing && cursor === brokenAt(recording);
    parts.picture.show(recording, shown ? length : cursor, { now: growing ? null : now, growing, often: playing, broken: this.#broken });
    parts.order.show(recording, cursor, playing);
    parts.interfere.show(recording, cursor, time);
    parts.compare.show(shown || (atEnd && !growing) ? Infinity : at);
    clearTimeout(this.#timer);
    // While it runs the playground announces how the run stands.
    if (!runs.going) this.#timer = Number(setTimeout(() => (parts.status.textContent = `Event ${cursor}, ${text}`), ANNOUNCE_AFTER_MS));
  }

  /**
   * Turns to the axis of steps when the reader steps between two events of one moment, and back when the run is played.
   * @param {Recording} recording
   * @param {number} cursor
   * @param {boolean} moving whether the cursor moves by itself
   */
  #follow({ events }, cursor, moving) {
    const before = this.#rested;
    this.#rested = moving ? null : cursor;
    if (this.#axisBy === 'reader') return;
    if (moving && this.#axisBy === 'steps') {
      this.#axisBy = null;
      return this.#turn('time');
    }
    if (before === null || Math.abs(cursor - before) !== 1) return;
    const seq = Math.min(cursor, before);
    const at = (/** @type {number} */ place) => events[place]?.at;
    if (at(seq) !== at(seq - 1) && at(seq) !== at(seq + 1)) return;
    this.#axisBy = 'steps';
    this.#turn('steps');
  }

  /** @param {import('../run/stepped.js').Axis} axis */
  #turn(axis) {
    const [parts, recording] = [this.#parts, this.#recording];
    if (parts === null || recording === null || axis === parts.picture.axis) return;
    const { picture, compare } = parts;
    picture.axis = compare.axis = axis;
    picture.scale.fit();
    this.#fit();
    const { scale, place } = picture;
    if (axis === 'steps') scale.zoom(Math.max((scale.extent * LEAST_STEP) / scale.width, 1), place);
    this.show();
    this.#viewChanged();
  }

  #viewChanged() {
    this.#parts?.picture.draw();
    this.#parts?.compare.draw();
    this.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** @param {Recording} recording another one than before */
  #begin(recording) {
    const parts = this.#parts;
    if (parts === null) return;
    [this.#recording, this.#report, this.#broken, this.#rested] = [recording, undefined, new Set(), null];
    // The reader's own choice stays for other runs.
    if (this.#axisBy === 'steps') parts.picture.axis = parts.compare.axis = 'time';
    this.#axisBy = parts.picture.axis === 'steps' ? 'reader' : null;
    const { scale } = parts.picture;
    [scale.extent, scale.from, scale.to] = [1, 0, 1];
    scale.grow(parts.compare.extent || 1);
    parts.compare.offer(recording, false);
    if (this.#shown && this.runs?.shows === false) {
      parts.compare.end();
      parts.picture.revealTop();
    }
    this.#shown = this.runs?.shows ?? false;
    this.choose(null);
  }

  /** @param {Recording} recording of a run that is over, or has been stopped */
  #complete(recording) {
    this.#report = recording.report;
    this.#broken = brokenIn(recording);
    this.#parts?.compare.offer(recording, recording.report !== null);
    if (recording.report !== null) void this.#parts?.order.list(recording);
    if (this.#shown && recording.report !== null) void this.#parts?.compare.runOther('correct').then(() => this.#parts?.picture.revealRule());
    this.#fit();
    this.#lookAsLinked();
  }

  /** Looks at the run as the link to it says, once. */
  #lookAsLinked() {
    const [parts, frame] = [this.#parts, /** @type {HTMLElement | null} */ (this.closest('.frame'))];
    const { axis, zoom } = frame?.dataset ?? {};
    if (parts === null || frame === null || (axis === undefined && zoom === undefined)) return;
    if (axis === 'steps') {
      this.#axisBy = 'reader';
      this.#turn('steps');
    }
    const { scale } = parts.picture;
    const [from = 0, to = scale.extent] = zoom?.split(',').map(Number) ?? [];
    scale.show(from, to);
    delete frame.dataset.axis;
    delete frame.dataset.zoom;
  }

  #fit() {
    const [parts, recording] = [this.#parts, this.#recording];
    if (parts === null || recording === null) return;
    parts.picture.extend(Math.max(onAxis(recording, parts.picture.axis).end, parts.compare.extent));
    parts.compare.draw();
  }

  /** @param {{task: number, at: number}} where */
  #chooseSpan({ task: id, at }) {
    const [recording, cursor] = [this.#recording, this.runs?.player.cursor ?? 0];
    const task = recording?.tasks[id];
    const span = recording === null || task === undefined ? null : spanAt(recording, task, cursor, at);
    this.choose(recording === null || span === null ? null : spanChoice(recording, id, span, cursor));
  }

  /** Goes to an event, and chooses what it belongs to. @param {number} seq its place in the trace */
  showEvent(seq) {
    this.runs?.player.seek(seq + 1);
    if (this.#recording !== null) this.choose(eventChoice(this.#recording, seq));
  }

  /** @param {number} line of the output, from 0 */
  chooseLine(line) {
    if (this.#recording !== null) this.choose(lineChoice(this.#recording, line));
  }

  /** @param {import('../run/words.js').Choice | null} choice */
  choose(choice) {
    const parts = this.#parts;
    if (parts === null) return;
    this.#choice = choice;
    parts.picture.chosen = choice;
    if (choice !== null) {
      parts.picture.reveal(choice.task);
      parts.interfere.choose(choice.task);
      parts.status.textContent = sentence(choice.text);
    }
    parts.said.textContent = choice === null ? 'Click an output line or a bar to see what happened.' : sentence(choice.text);
    this.dispatchEvent(new CustomEvent('chooseline', { detail: { line: choice?.line ?? null } }));
    const shown = this.#source(false);
    parts.show.hidden = !shown;
    parts.show.textContent = shown ? `Show ${choice?.source?.replace(':', ', line ') ?? ''}` : '';
  }

  /**
   * Has the page mark the source line of the choice; returns whether it has that line.
   * @param {boolean} reveal
   */
  #source(reveal) {
    const [file = '', line = ''] = this.#choice?.source?.split(':') ?? [];
    const detail = { file, line: Number(line), reveal };
    const event = new CustomEvent('sourceline', { detail, bubbles: true, composed: true, cancelable: true });
    return !this.dispatchEvent(event);
  }

  /** @param {'svg' | 'json' | 'txt'} what */
  save(what) {
    const [parts, recording] = [this.#parts, this.#recording];
    if (parts === null || recording === null) return;
    const { info, request, events } = recording;
    /** @type {string[]} */
    let content;
    let type = 'text/plain';
    if (what === 'svg') [type, content] = ['image/svg+xml', [parts.picture.file(`${info.title}, ${request.program}`)]];
    else if (what === 'json') [type, content] = ['application/json', traceParts(request, events)];
    else content = recording.logs.map((_, line) => `${recording.log(line)?.line ?? ''}\n`);
    download(`${info.slug}-${request.program}.${what}`, type, content);
    if (window.parent !== window) offerCopy(parts.save, content);
  }
}

define('playground-player', PlaygroundPlayer);
