// `<playground-player>`: the record of a run and one cursor in it; transport, timeline and comparison follow it.
//
// It is loaded with the first run. The bench hands in events and report, and shows output and rules at the cursor
// whenever `cursor` is fired. Until the reader moves it, the cursor stays at the end of what there is.
//
// Fires `act` (see playground-interfere.js), `cursor`, `chooseline` with a line's number or null, and, across shadow roots,
// `sourceline` with `{file, line, reveal}`: a page that has the source marks the line and prevents the default.

import './playground-interfere.js';
import './playground-compare.js';
import './playground-picture.js';
import './player-controls.js';

import { Base, define, h } from '../dom.js';
import { milliseconds, sentence } from '../run/text.js';
import { download, traceParts } from './exports.js';
import { Recording } from '../run/recording.js';
import { spanAt } from '../run/spans.js';
import { eventChoice, lineChoice, spanChoice, told } from '../run/words.js';
import { actsOn } from './at-cursor.js';
import { sheet } from './sheets.js';

/**
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('../api/playground.js').Report} Report
 * @typedef {{info: Brief, request: import('./controls.js').RunRequest}} Subject
 */

/** The styles of what is loaded with this file. */
export const pictureSheet = () => sheet('player');

/** A cursor that rests so long is told to a screen reader. */
const ANNOUNCE_AFTER_MS = 500;

export class PlaygroundPlayer extends Base {
  #recording = new Recording();
  #cursor = 0;
  #following = true;
  #report = /** @type {Report | null} */ (null);
  #going = false;
  #subject = /** @type {Subject | null} */ (null);
  /** The time at the play head while it plays. @type {number | null} */
  #head = null;
  #playing = false;
  #timer = 0;
  #choice = /** @type {import('../run/words.js').Choice | null} */ (null);
  #parts = /** @type {ReturnType<PlaygroundPlayer['render']> | null} */ (null);

  connectedCallback() {
    if (this.#parts === null) this.#parts = this.render();
    // It has been moved, which has stopped it.
    else this.#show();
  }

  disconnectedCallback() {
    [this.#playing, this.#head] = [false, null];
    clearTimeout(this.#timer);
  }

  render() {
    const button = (/** @type {string} */ text, /** @type {() => void} */ act) => {
      const made = h('button', { type: 'button', class: 'small' }, text);
      made.addEventListener('click', act);
      return made;
    };
    const transport = h('player-controls');
    const acts = h('playground-interfere');
    const timeline = h('playground-picture');
    const compare = h('playground-compare');
    const zoom = h(
      'div',
      { class: 'tools', role: 'group', 'aria-label': 'Zoom' },
      button('Zoom in', () => timeline.zoom('in')),
      button('Zoom out', () => timeline.zoom('out')),
      button('Show all', () => timeline.zoom('all')),
    );
    const save = h(
      'div',
      { class: 'tools', role: 'group', 'aria-label': 'Save' },
      button('Save SVG', () => this.save('svg')),
      button('Save trace', () => this.save('json')),
      button('Save text', () => this.save('txt')),
    );
    const said = h('p', { class: 'said' });
    const show = h('button', { type: 'button', class: 'small', hidden: true });
    show.addEventListener('click', () => this.#source(true));
    const choice = h('div', { class: 'choice' }, said, show);
    const status = h('p', { class: 'visually-hidden', role: 'status' });
    const head = h('div', { class: 'replay-head' }, h('h3', {}, 'Timeline'), zoom, save);
    this.replaceChildren(head, transport, acts, choice, timeline, compare, status);
    transport.addEventListener('seek', (event) => this.seek(/** @type {CustomEvent} */ (event).detail.cursor));
    transport.addEventListener('play', () => this.toggle());
    timeline.addEventListener('seek', (event) => this.seek(this.#recording.cursorAt(/** @type {CustomEvent} */ (event).detail.at)));
    timeline.addEventListener('choose', (event) => this.#chooseSpan(/** @type {CustomEvent} */ (event).detail));
    timeline.addEventListener('viewchange', () => compare.draw());
    compare.addEventListener('viewchange', () => timeline.draw());
    compare.addEventListener('extent', () => this.#fit());
    compare.scale = timeline.scale;
    return { transport, acts, timeline, compare, said, show, status };
  }

  /** How many events there are. */
  get length() {
    return this.#recording.length;
  }

  get cursor() {
    return this.#cursor;
  }

  /** How many lines there are at the cursor. */
  get lines() {
    return this.#recording.lines(this.#cursor);
  }

  get recording() {
    return this.#recording;
  }

  /**
   * Forgets the run before; events of another one follow.
   * @param {Subject} subject
   */
  start(subject) {
    this.#recording = new Recording();
    [this.#cursor, this.#following, this.#report, this.#subject, this.#going] = [0, true, null, subject, true];
    [this.#playing, this.#head] = [false, null];
    const scale = this.#parts?.timeline.scale;
    if (scale !== undefined) {
      [scale.extent, scale.from, scale.to] = [1, 0, 1];
      scale.grow(this.#parts?.compare.extent ?? 1);
    }
    this.choose(null);
    this.#parts?.compare.offer(subject, null);
    this.#parts?.acts.start(actsOn(subject.info, subject.request));
    this.#show();
  }

  /** @param {Event[]} events */
  add(events) {
    this.#recording.add(events);
    if (this.#following) this.#cursor = this.length;
    this.#show();
  }

  /** Nothing more will come. @param {Report | null} report null if the run was stopped or broke down */
  finish(report) {
    this.#report = report;
    this.#going = false;
    const parts = this.#parts;
    if (parts === null) return;
    parts.transport.suit(this.#end);
    if (this.#subject !== null) parts.compare.offer(this.#subject, report === null ? null : { recording: this.#recording, report });
    this.#fit();
    this.#show();
  }

  get #end() {
    return Math.max(this.#recording.end, this.#report?.elapsed ?? 0);
  }

  #fit() {
    const parts = this.#parts;
    if (parts === null) return;
    parts.timeline.scale.grow(Math.max(this.#end, parts.compare.extent));
    parts.timeline.draw();
    parts.compare.draw();
  }

  /** @param {number} cursor a number of events; what is too large is the end */
  seek(cursor) {
    this.#playing = false;
    this.#place(cursor, null);
  }

  /** @param {number} by so many events on, or back */
  step(by) {
    this.seek(this.#cursor + by);
  }

  /**
   * @param {number} cursor
   * @param {number | null} head
   */
  #place(cursor, head) {
    const before = this.#cursor;
    this.#cursor = Math.min(Math.max(Math.round(cursor), 0), this.length);
    this.#following = this.#cursor === this.length && head === null;
    this.#head = head;
    const { scale } = this.#parts?.timeline ?? {};
    if (scale !== undefined && !scale.whole) scale.reveal(head ?? this.#recording.timeAt(this.#cursor));
    this.#show();
    if (before !== this.#cursor) this.dispatchEvent(new CustomEvent('cursor'));
  }

  /** Plays, or pauses. */
  toggle() {
    this.#playing = !this.#playing && this.length > 0;
    if (!this.#playing) return this.#place(this.#cursor, null);
    if (this.#cursor === this.length) this.#place(0, 0);
    let last = performance.now();
    let at = this.#recording.timeAt(this.#cursor);
    const frame = () => {
      if (!this.#playing || !this.isConnected) return;
      const now = performance.now();
      at += (now - last) * (this.#parts?.transport.speed ?? 1);
      last = now;
      if (at < this.#end) {
        this.#place(this.#recording.cursorAt(at), at);
        requestAnimationFrame(frame);
      } else {
        this.#playing = false;
        this.#place(this.length, null);
      }
    };
    requestAnimationFrame(frame);
  }

  #show() {
    const parts = this.#parts;
    if (parts === null) return;
    const event = this.#recording.events[this.#cursor - 1];
    // Before its first event the other run has had none either.
    const at = this.#head ?? event?.at ?? -1;
    const text = event === undefined ? 'nothing has happened' : `${milliseconds(event.at)} ms: ${told(this.#recording, event)}`;
    const now = this.#head ?? (this.#going || this.#cursor < this.length ? null : this.#end);
    parts.transport.show({ cursor: this.#cursor, length: this.length, playing: this.#playing, text });
    parts.timeline.show(this.#recording, this.#cursor, { now, growing: this.#going });
    parts.acts.show(this.#recording, this.#going);
    parts.compare.show(this.#cursor === this.length && !this.#going ? Infinity : at);
    clearTimeout(this.#timer);
    // While it runs the bench tells how it goes.
    if (!this.#going) this.#timer = Number(setTimeout(() => (parts.status.textContent = `Event ${this.#cursor}, ${text}`), ANNOUNCE_AFTER_MS));
  }

  /** @param {{task: number, at: number}} where */
  #chooseSpan({ task: id, at }) {
    const task = this.#recording.tasks[id];
    const span = task === undefined ? null : spanAt(this.#recording, task, this.#cursor, at);
    this.choose(span === null ? null : spanChoice(this.#recording, id, span, this.#cursor));
  }

  /** Goes to an event, and chooses what it belongs to. @param {number} seq its place in the trace */
  showEvent(seq) {
    this.seek(seq + 1);
    this.choose(eventChoice(this.#recording, seq));
  }

  /** @param {number} line of the output, from 0 */
  chooseLine(line) {
    this.choose(lineChoice(this.#recording, line));
  }

  /** @param {import('../run/words.js').Choice | null} choice */
  choose(choice) {
    const parts = this.#parts;
    if (parts === null) return;
    this.#choice = choice;
    parts.timeline.chosen = choice;
    if (choice !== null) {
      parts.timeline.reveal(choice.task);
      parts.acts.choose(choice.task);
      parts.status.textContent = sentence(choice.text);
    }
    parts.said.textContent = choice === null ? 'Choose a line, or a stretch of a task, to see what belongs to it.' : sentence(choice.text);
    this.dispatchEvent(new CustomEvent('chooseline', { detail: { line: choice?.line ?? null } }));
    const shown = this.#source(false);
    parts.show.hidden = !shown;
    parts.show.textContent = shown ? `Show ${choice?.source?.replace(':', ', line ') ?? ''}` : '';
  }

  /**
   * Has the page mark the source line of the choice; says whether it has one.
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
    const [parts, subject] = [this.#parts, this.#subject];
    if (parts === null || subject === null) return;
    const { info, request } = subject;
    const name = `${info.slug}-${request.program}`;
    const { events, logs } = this.#recording;
    if (what === 'svg') {
      download(`${name}.svg`, 'image/svg+xml', [parts.timeline.file(`${info.title}, ${request.program}`)]);
    } else if (what === 'json') {
      const { slug } = info;
      download(`${name}.json`, 'application/json', traceParts({ exercise: slug, ...request }, events));
    } else {
      const lines = logs.map((seq) => {
        const event = events[seq];
        return event?.kind === 'log' ? `${event.line}\n` : '';
      });
      download(`${name}.txt`, 'text/plain', lines);
    }
  }
}

define('playground-player', PlaygroundPlayer);
