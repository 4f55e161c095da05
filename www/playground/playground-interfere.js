// `<playground-interfere>`: what may be done to a paced run that goes on: take its backend down and up, and cancel a task.
//
// It keeps its place when the run is over, so that nothing jumps, and does nothing then.
//
// Fires `act` with `{what, task}`.

import { Base, define, h } from '../dom.js';

/**
 * @typedef {import('../api/brief.js').Brief['acts']} Acts
 * @typedef {import('../run/recording.js').Recording} Recording
 */

/** More tasks than this are no choice. */
const MOST_TASKS = 100;

export class PlaygroundInterfere extends Base {
  #acts = /** @type {Acts} */ ({ backend: false, cancels: null });
  #parts = /** @type {ReturnType<PlaygroundInterfere['render']> | null} */ (null);
  #offered = '';

  connectedCallback() {
    this.#parts ??= this.render();
  }

  render() {
    const button = (/** @type {() => void} */ act) => {
      const made = h('button', { type: 'button', class: 'small' });
      made.addEventListener('click', act);
      return made;
    };
    const backend = button(() => this.#act(backend.value));
    const tasks = h('select', { 'aria-label': 'Task to cancel' });
    const cancel = button(() => this.#act('cancel', Number(tasks.value)));
    cancel.textContent = 'Cancel it';
    const one = h('div', { class: 'tools' }, tasks, cancel);
    this.replaceChildren(h('span', { class: 'aside' }, 'Take a hand:'), backend, one);
    this.setAttribute('role', 'group');
    this.setAttribute('aria-label', 'Take a hand in the run');
    return { backend, tasks, cancel, one };
  }

  /** A run begins. @param {Acts | null} acts null if nothing may be done to it */
  start(acts) {
    this.#parts ??= this.render();
    const { backend, one } = this.#parts;
    this.hidden = acts === null;
    this.#acts = acts ?? { backend: false, cancels: null };
    this.#offered = '';
    backend.hidden = !this.#acts.backend;
    one.hidden = this.#acts.cancels === null;
  }

  /**
   * What can be done as things stand.
   * @param {Recording} recording
   * @param {boolean} going
   */
  show(recording, going) {
    const parts = this.#parts;
    if (parts === null || this.hidden) return;
    const down = recording.states.get('backend')?.at(-1)?.state === 'down';
    parts.backend.disabled = !going;
    parts.backend.value = down ? 'backend up' : 'backend down';
    parts.backend.textContent = down ? 'Bring the backend up' : 'Take the backend down';
    const { cancels } = this.#acts;
    if (cancels === null) return;
    const living = going ? recording.tasks.filter(({ name, ended }) => ended === Infinity && name.startsWith(cancels)) : [];
    parts.cancel.disabled = living.length === 0;
    parts.tasks.disabled = living.length === 0;
    const offered = living.slice(0, MOST_TASKS);
    const ids = offered.map(({ id }) => id).join();
    // A list that is open must not be written anew with every event.
    if (ids === this.#offered && parts.tasks.options.length > 0) return;
    this.#offered = ids;
    const { value } = parts.tasks;
    const options = offered.map(({ id, name }) => h('option', { value: String(id) }, name));
    parts.tasks.replaceChildren(...(options.length > 0 ? options : [h('option', { value: '' }, 'no task')]));
    this.choose(Number(value));
  }

  /** Takes that task as the one to cancel, if it can be. @param {number} task */
  choose(task) {
    const found = [...(this.#parts?.tasks.options ?? [])].find(({ value }) => value !== '' && Number(value) === task);
    if (found !== undefined) found.selected = true;
  }

  /**
   * @param {string} what
   * @param {number} [task]
   */
  #act(what, task) {
    this.dispatchEvent(new CustomEvent('act', { detail: { what, task }, bubbles: true }));
  }
}

define('playground-interfere', PlaygroundInterfere);
