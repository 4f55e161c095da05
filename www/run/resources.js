// The resources that the tasks of a run hold, from when to when: a connection, a fetch, the one test call.

/**
 * @typedef {import('../api/playground.js').UseEvent} UseEvent
 *
 * @typedef {object} Use a stretch in which a task holds a resource
 * @property {number} task
 * @property {string | null} label what the task does with it
 * @property {number} seq the place of the event that began it
 * @property {number} from in ms
 * @property {number} ended the place of the event that ended it, or Infinity
 * @property {number} to in ms, or Infinity
 *
 * @typedef {object} Resource
 * @property {string} name
 * @property {Use[][]} slots uses that overlap are in different slots, those of one slot in order
 * @property {number} held how many hold it now
 * @property {number} most how many held it at once, at most
 */

/** With more holders at once than this the others are only counted. */
export const MOST_SLOTS = 12;

export class Resources {
  /** In order of first use. @type {Map<string, Resource>} */
  all = new Map();
  /** Uses that have not ended, the last one last. @type {Map<string, {use: Use, resource: Resource}[]>} */
  #open = new Map();

  /**
   * @param {UseEvent} event
   * @param {number} seq its place in the trace
   */
  add({ task, of, label, phase, at }, seq) {
    const key = `${task} ${of} ${label}`;
    const open = this.#open.get(key) ?? [];
    this.#open.set(key, open);
    if (phase === 'begin') open.push(this.#begin(of, { task, label, seq, from: at, ended: Infinity, to: Infinity }));
    else {
      const last = open.pop();
      if (last === undefined) return;
      [last.use.ended, last.use.to] = [seq, at];
      last.resource.held -= 1;
    }
  }

  /**
   * @param {string} name
   * @param {Use} use
   */
  #begin(name, use) {
    const resource = this.all.get(name) ?? { name, slots: [], held: 0, most: 0 };
    this.all.set(name, resource);
    resource.held += 1;
    resource.most = Math.max(resource.most, resource.held);
    const free = resource.slots.find((slot) => (slot.at(-1)?.to ?? 0) !== Infinity);
    if (free !== undefined) free.push(use);
    else if (resource.slots.length < MOST_SLOTS) resource.slots.push([use]);
    return { use, resource };
  }
}
