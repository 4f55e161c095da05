// `<playground-order>`: what can be done about the order of tasks. Where several are ready at the cursor, it names them, and
// the reader says which one goes first; and it searches for an order under which a rule breaks.
//
// The run is computed again with each choice, and can be again without the last one. It is hidden where there is never a choice.
//
// Fires `again`, with the order of the run that is wanted, and the time from which it differs; and `seek` with a cursor.

import './playground-search.js';

import { decisions } from '../api/calls.js';
import { Base, define, h } from '../dom.js';
import { choiceAt, choicesIn, choicesOf, firstAt, withChoice } from '../run/choices.js';
import { AS_IT_IS } from '../run/request.js';
import { counted, milliseconds } from '../run/text.js';

/**
 * @typedef {import('../api/playground.js').Decision} Decision
 * @typedef {import('../run/recording.js').Recording} Recording
 */

/** More ready tasks than this are counted. */
const MOST_TASKS = 12;
/** The decisions of a run with more events are not listed. Python takes longer to list them, so its limit is lower. */
const MOST_EVENTS = { rust: 50_000, python: 10_000 };

export class PlaygroundOrder extends Base {
  #recording = /** @type {Recording | null} */ (null);
  #cursor = 0;
  /** Those of the run that is shown, once they are listed. @type {Decision[]} */
  #decisions = [];
  /** The cursors at which there is a choice. @type {number[]} */
  #places = [];
  /** The order that a search has found, until its run is shown. @type {number[] | undefined} */
  #found;
  /** What is shown, to touch only what changed. */
  #shown = '';
  #parts = /** @type {ReturnType<PlaygroundOrder['render']> | null} */ (null);

  connectedCallback() {
    this.#parts ??= this.render();
  }

  render() {
    const asked = h('p', {});
    const tasks = h('div', { class: 'tools', role: 'group', 'aria-label': 'Who goes first' });
    const next = this.#button('Next choice', () => this.#next());
    const chosen = h('p', { role: 'status' });
    const undo = this.#button('Undo', () => this.#undo());
    const search = h('playground-search');
    this.setAttribute('role', 'group');
    this.setAttribute('aria-label', 'Order of tasks');
    this.hidden = true;
    this.replaceChildren(h('div', { class: 'tools' }, chosen, undo), h('div', { class: 'tools ask' }, asked, tasks, next, search));
    search.addEventListener('found', (event) => {
      const { order, seed } = /** @type {CustomEvent} */ (event).detail;
      this.#found = order;
      // What it was searched with, and nothing that the run before had.
      this.#again({ order, seed, clock: 'simulated', interfere: undefined });
    });
    return { asked, tasks, next, chosen, undo, search };
  }

  /** @param {import('./runs.js').Runs} runs */
  set runs(runs) {
    (this.#parts ??= this.render()).search.request = () => runs.request();
  }

  /**
   * Shows the choice at the cursor, and those that have been made.
   * @param {Recording} recording
   * @param {number} cursor
   * @param {boolean} playing
   */
  show(recording, cursor, playing) {
    this.#cursor = cursor;
    this.#take(recording);
    if (!this.hidden) this.#ask(playing);
  }

  /** @param {Recording} recording */
  #take(recording) {
    if (recording === this.#recording) return;
    // What a search finds is of the program and the settings with which it began.
    const same = /** @type {const} */ (['program', 'code', 'settings']).every((name) => JSON.stringify(recording.request[name]) === JSON.stringify(this.#recording?.request[name]));
    if (!same) this.#parts?.search.stop();
    [this.#recording, this.#decisions, this.#places, this.#shown] = [recording, [], [], ''];
    // No order breaks a rule where none is judged.
    if (this.#parts !== null) this.#parts.search.hidden = recording.request.program === AS_IT_IS;
    if (recording.request.clock !== 'simulated' && recording.request.order === undefined) this.hidden = true;
  }

  /**
   * Lists the decisions of a run that is over.
   * @param {Recording} recording
   */
  async list(recording) {
    this.#take(recording);
    const { exercise, clock, ...rest } = recording.request;
    const most = rest.code === undefined && rest.program !== 'answer' ? MOST_EVENTS.rust : MOST_EVENTS.python;
    const wanted = clock === 'simulated' && rest.seed === undefined && recording.length <= most;
    // The search says itself what did not load.
    const listed = wanted ? await decisions(exercise, rest).catch(() => null) : null;
    const parts = this.#parts;
    if (recording !== this.#recording || parts === null) return;
    [this.#decisions, this.#shown] = [listed ?? [], ''];
    this.#places = choicesIn(recording, this.#decisions);
    // An order that was given can be taken back, whatever there is to choose.
    this.hidden = rest.order === undefined && (clock !== 'simulated' || (listed !== null && this.#places.length === 0));
    parts.next.hidden = this.#places.length === 0;
    this.#tell(recording);
    this.#ask(false);
  }

  /** @param {boolean} playing */
  #ask(playing) {
    const [parts, recording] = [this.#parts, this.#recording];
    if (parts === null || recording === null) return;
    const { request, tasks } = recording;
    const { number = -1, ready = [] } = (playing ? null : choiceAt(recording, this.#decisions, this.#cursor)) ?? {};
    const shown = `${number} ${this.#places.length}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const seeded = request.seed !== undefined;
    parts.asked.textContent = seeded
      ? `The seed ${request.seed} draws who goes first. Remove it to choose yourself.`
      : ready.length === 0
        ? 'When several tasks are ready, any may go first.'
        : `${counted(ready.length, 'task')} are ready. Who goes first?`;
    const more = ready.length - MOST_TASKS;
    parts.tasks.hidden = ready.length === 0;
    parts.tasks.replaceChildren(
      ...ready.slice(0, MOST_TASKS).map(({ id, position }) => {
        const button = this.#button(tasks[id]?.name ?? `task ${id}`, () => this.#choose(number, position, id));
        button.setAttribute('aria-pressed', String(id === firstAt(request, this.#decisions, number)));
        return button;
      }),
      more > 0 ? `and ${more} more` : '',
    );
  }

  /** Says which choices were made for the run that is shown. @param {Recording} recording */
  #tell(recording) {
    const parts = this.#parts;
    if (parts === null) return;
    const words = choicesOf(recording, this.#decisions).map(({ task, before, at }) => `${task} goes before ${before} at ${milliseconds(at)} ms`);
    const { order } = recording.request;
    const found = order !== undefined && order === this.#found;
    const breaks = found ? ` ${words.length === 1 ? 'breaks' : 'break'} a rule` : '';
    // The focus must not be lost with the button that had it.
    if (order === undefined && this.#focused() === parts.undo) parts.next.focus();
    parts.undo.hidden = order === undefined;
    const number = counted(words.length || (order ?? []).filter((position) => position > 0).length, 'choice');
    // Those of a long run are not listed.
    const chosen = words.length === 0 ? `This order of tasks has ${number}` : `${number}${breaks}: ${words.join(', ')}`;
    parts.chosen.textContent = order === undefined ? '' : `${chosen}.`;
    if (found) parts.chosen.scrollIntoView({ block: 'nearest' });
  }

  /**
   * @param {number} number of the decision
   * @param {number} position
   * @param {number} id of the task that is to go first
   */
  #choose(number, position, id) {
    const recording = this.#recording;
    if (recording === null || id === firstAt(recording.request, this.#decisions, number)) return;
    // The buttons of the choice go.
    this.#parts?.next.focus();
    this.#again({ order: withChoice(recording.request.order, number, position) }, this.#timeOf(number));
  }

  /** Takes the last choice back. */
  #undo() {
    const order = this.#recording?.request.order ?? [];
    const number = order.findLastIndex((position) => position > 0);
    this.#again({ order: withChoice(order, number, 0) }, this.#timeOf(number));
  }

  /** When a decision was taken, where that is known. @param {number} number of the decision */
  #timeOf(number) {
    const { seq } = this.#decisions[number] ?? {};
    return seq === undefined ? undefined : (this.#recording?.events[seq]?.at ?? 0);
  }

  #focused() {
    return /** @type {ShadowRoot | Document} */ (this.getRootNode()).activeElement;
  }

  #next() {
    const cursor = this.#places.find((place) => place > this.#cursor) ?? this.#places[0];
    if (cursor !== undefined) this.dispatchEvent(new CustomEvent('seek', { detail: { cursor } }));
  }

  /**
   * @param {Partial<import('../run/request.js').RunRequest>} parts
   * @param {number} [from] in ms
   */
  #again(parts, from) {
    this.dispatchEvent(new CustomEvent('again', { detail: { parts, from } }));
  }

  /**
   * @param {string} text
   * @param {() => void} act
   */
  #button(text, act) {
    const made = h('button', { type: 'button', class: 'small' }, text);
    made.addEventListener('click', act);
    return made;
  }
}

define('playground-order', PlaygroundOrder);
