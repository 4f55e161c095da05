// `<playground-interfere>`: what can be done to a run at the cursor: take its backend down and up, and cancel a task.
//
// The run is computed again with that, and can be again without it.
//
// Fires `again`, with the interference of the run that is wanted, and the time from which it differs.

import { Base, define, h, relabel } from '../dom.js';
import { lastBefore } from '../run/recording.js';
import { AS_IT_IS, momentAfter, withInterference } from '../run/request.js';
import { milliseconds } from '../run/text.js';

/**
 * @typedef {import('../run/recording.js').Recording} Recording
 * @typedef {import('../run/request.js').Interference} Interference
 */

/** More tasks than this are no choice. */
const MOST_TASKS = 100;

export class PlaygroundInterfere extends Base {
  #recording = /** @type {Recording | null} */ (null);
  /** The time at the play head, in ms. */
  #time = 0;
  #parts = /** @type {ReturnType<PlaygroundInterfere['render']> | null} */ (null);
  /** The tasks and the entries that are shown, to touch only what changed. */
  #tasks = '';
  #entries = /** @type {Interference[] | undefined} */ (undefined);

  connectedCallback() {
    this.#parts ??= this.render();
  }

  render() {
    const button = (/** @type {() => void} */ act) => {
      const made = h('button', { type: 'button', class: 'small' });
      made.addEventListener('click', act);
      return made;
    };
    const backend = button(() => this.#interfere(/** @type {Interference['what']} */ (backend.value), null));
    const tasks = h('select', { 'aria-label': 'Task to cancel' });
    const cancel = button(() => this.#interfere('cancel', Number(tasks.value)));
    cancel.textContent = 'Cancel it';
    const one = h('div', { class: 'tools' }, tasks, cancel);
    const entries = h('ul', { class: 'tools', role: 'list', 'aria-label': 'Interference', hidden: true });
    this.replaceChildren(h('span', { class: 'aside' }, 'Interfere here:'), backend, one, entries);
    this.setAttribute('role', 'group');
    this.setAttribute('aria-label', 'Interfere with the run');
    return { backend, tasks, cancel, one, entries };
  }

  /**
   * Shows what can be done at the cursor, and what has been done.
   * @param {Recording} recording
   * @param {number} cursor
   * @param {number} time at the play head, in ms
   */
  show(recording, cursor, time) {
    [this.#recording, this.#time] = [recording, time];
    const parts = (this.#parts ??= this.render());
    const { request, info } = recording;
    const { backend, cancels } = info.interference;
    this.hidden = request.clock !== 'simulated' || request.program === AS_IT_IS || (!backend && cancels === null);
    if (this.hidden) return;
    const down = lastBefore(recording.states.get('backend') ?? [], cursor)?.state === 'down';
    parts.backend.hidden = !backend;
    // After the end nothing can happen.
    parts.backend.disabled = recording.ended !== null && cursor === recording.length;
    parts.backend.value = down ? 'backend up' : 'backend down';
    relabel(parts.backend, down ? 'Bring the backend up' : 'Take the backend down');
    parts.one.hidden = cancels === null;
    if (cancels !== null) this.#offer(recording, cursor, cancels);
    this.#list(recording);
  }

  /** Selects a task to cancel, if it can be. @param {number} task */
  choose(task) {
    const found = [...(this.#parts?.tasks.options ?? [])].find(({ value }) => value !== '' && Number(value) === task);
    if (found !== undefined) found.selected = true;
  }

  /**
   * @param {Recording} recording
   * @param {number} cursor
   * @param {string} cancels how the names begin of the tasks that can be cancelled
   */
  #offer(recording, cursor, cancels) {
    const parts = this.#parts;
    if (parts === null) return;
    const alive = recording.tasks.filter(({ name, marks, ended }) => (marks[0] ?? Infinity) < cursor && ended >= cursor && name.startsWith(cancels));
    const offered = alive.slice(0, MOST_TASKS);
    parts.cancel.disabled = parts.tasks.disabled = offered.length === 0;
    const tasks = offered.map(({ id, name }) => `${id} ${name}`).join();
    // Options that are made anew close the list that the reader looks at.
    if (tasks === this.#tasks && parts.tasks.options.length > 0) return;
    this.#tasks = tasks;
    const { value } = parts.tasks;
    const options = offered.map(({ id, name }) => h('option', { value: String(id) }, name));
    parts.tasks.replaceChildren(...(options.length > 0 ? options : [h('option', { value: '' }, 'no task')]));
    this.choose(Number(value));
  }

  /** @param {Recording} recording */
  #list({ request, tasks }) {
    const [parts, entries] = [this.#parts, request.interfere ?? []];
    if (parts === null || entries === this.#entries) return;
    this.#entries = entries;
    parts.entries.hidden = entries.length === 0;
    parts.entries.replaceChildren(
      ...entries.map((entry) => {
        const what = entry.what === 'cancel' ? `cancel ${tasks[entry.task ?? -1]?.name ?? `task ${entry.task}`}` : entry.what;
        const undo = h('button', { type: 'button', class: 'small' }, 'Undo');
        const text = `${what} at ${milliseconds(entry.at)} ms`;
        undo.setAttribute('aria-label', `Undo: ${text}`);
        undo.addEventListener('click', () => this.#again(entries.filter((one) => one !== entry), entry.at));
        return h('li', {}, `${text} `, undo);
      }),
    );
  }

  /**
   * @param {Interference['what']} what
   * @param {number | null} task
   */
  #interfere(what, task) {
    const [recording, time] = [this.#recording, this.#time];
    if (recording === null) return;
    const spawned = recording.events[recording.tasks[task ?? -1]?.marks[0] ?? Infinity];
    // A task that was there before this time may end at it, so it is cancelled before.
    const at = spawned !== undefined && spawned.at < time ? time : momentAfter(recording, time);
    this.#again(withInterference(recording.request.interfere ?? [], { at, what, task }), at);
  }

  /**
   * @param {Interference[]} interfere
   * @param {number} from
   */
  #again(interfere, from) {
    this.dispatchEvent(new CustomEvent('again', { detail: { parts: { interfere }, from } }));
  }
}

define('playground-interfere', PlaygroundInterfere);
