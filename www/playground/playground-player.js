// `<playground-player>`: the picture of a run with the controls of its cursor, interference and comparison.
//
// Loaded with the first run. It shows the recording and the cursor of the player that it is given, whenever `show` is called.
//
// Fires `interfere` and `undo` (see playground-interfere.js), `chooseline` with a line's number or null, and, across shadow
// roots, `sourceline` with `{file, line, reveal}`: a page that has the source marks the line and prevents the default.

import './playground-interfere.js';
import './playground-compare.js';
import './playground-picture.js';
import './player-controls.js';

import { Base, define, h } from '../dom.js';
import { captionAt } from '../run/captions.js';
import { download, offerCopy, traceParts } from './exports.js';
import { brokenAt, brokenIn } from '../run/recording.js';
import { spanAt } from '../run/spans.js';
import { milliseconds, sentence } from '../run/text.js';
import { eventChoice, lineChoice, spanChoice } from '../run/words.js';

/** @typedef {import('../run/recording.js').Recording} Recording */

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
  #choice = /** @type {import('../run/words.js').Choice | null} */ (null);
  #parts = /** @type {ReturnType<PlaygroundPlayer['render']> | null} */ (null);

  connectedCallback() {
    if (this.runs !== null) this.#parts ??= this.render(this.runs);
    this.show();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** @param {import('./runs.js').Runs} runs */
  render({ player }) {
    const button = (/** @type {string} */ text, /** @type {() => void} */ act) => {
      const made = h('button', { type: 'button', class: 'small' }, text);
      made.addEventListener('click', act);
      return made;
    };
    const controls = h('player-controls', { part: 'player' });
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
    const tools = h('div', { class: 'player-tools' }, zoom, compare.tools, save);
    this.replaceChildren(picture, compare, controls, choice, interfere, tools, status);
    controls.addEventListener('seek', (event) => player.seek(/** @type {CustomEvent} */ (event).detail.cursor));
    controls.addEventListener('play', () => player.toggle());
    picture.addEventListener('seek', (event) => {
      const { recording } = player;
      if (recording !== null) player.seek(/** @type {CustomEvent} */ (event).detail.cursor);
    });
    picture.addEventListener('choose', (event) => this.#chooseSpan(/** @type {CustomEvent} */ (event).detail));
    picture.addEventListener('viewchange', () => compare.draw());
    compare.addEventListener('viewchange', () => picture.draw());
    compare.addEventListener('extent', () => this.#fit());
    compare.scale = picture.scale;
    return { controls, interfere, picture, compare, said, show, status, save };
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
    parts.controls.show({ cursor, length, playing, text });
    // Before the first event the other run has had none either.
    const at = event === undefined && !playing ? -1 : time;
    // Where a mistake has been shown, the rest of the run is in the picture too: what broke is not over yet.
    const shown = this.#shown && recording.report !== null && !playing && cursor === brokenAt(recording);
    parts.picture.show(recording, shown ? length : cursor, { now: growing ? null : time, growing, often: playing, broken: this.#broken });
    parts.interfere.show(recording, cursor);
    parts.compare.show(shown || (atEnd && !growing) ? Infinity : at);
    clearTimeout(this.#timer);
    // While it runs the playground announces how the run stands.
    if (!runs.going) this.#timer = Number(setTimeout(() => (parts.status.textContent = `Event ${cursor}, ${text}`), ANNOUNCE_AFTER_MS));
  }

  /** @param {Recording} recording another one than before */
  #begin(recording) {
    const parts = this.#parts;
    if (parts === null) return;
    [this.#recording, this.#report, this.#broken] = [recording, undefined, new Set()];
    const { scale } = parts.picture;
    [scale.extent, scale.from, scale.to] = [1, 0, 1];
    scale.grow(parts.compare.extent || 1);
    parts.compare.offer(recording, false);
    if (this.#shown && this.runs?.shows === false) parts.compare.end();
    this.#shown = this.runs?.shows ?? false;
    this.choose(null);
  }

  /** @param {Recording} recording of a run that is over, or has been stopped */
  #complete(recording) {
    this.#report = recording.report;
    this.#broken = brokenIn(recording);
    this.#parts?.compare.offer(recording, recording.report !== null);
    if (this.#shown && recording.report !== null) void this.#parts?.compare.runOther('correct');
    this.#fit();
  }

  #fit() {
    const [parts, recording] = [this.#parts, this.#recording];
    if (parts === null) return;
    if (recording !== null) parts.picture.extend(Math.max(recording.end, parts.compare.extent));
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
