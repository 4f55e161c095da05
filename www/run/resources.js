// The resources that the tasks of a run hold, from when to when: a connection, a fetch, the one test call.

/**
 * @typedef {import('../api/playground.js').UseEvent} UseEvent
 *
 * @typedef {object} Use a stretch in which a task holds a resource
 * @property {number} task
 * @property {string} of the resource
 * @property {string | null} label what the task does with it
 * @property {number} seq the place of the event that began it
 * @property {number} from in ms
 * @property {number} ended the place of the event that ended it, or Infinity
 * @property {number} to in ms, or Infinity
 * @property {boolean} cut whether it ended because the task, or what it waited for, was cancelled
 * @property {{slots: number}} group the uses that overlap with it, directly or through others: in how many slots they are
 *
 * @typedef {object} Resource
 * @property {string} name
 * @property {Use[][]} slots uses that overlap are in different slots, those of one slot in order
 * @property {number} held how many hold it now
 * @property {number} most how many held it at once, at most
 * @property {{slots: number}} group that of the uses which go on, or went on last
 */

/** With more holders at once than this the others are only counted. */
const MOST_SLOTS = 12;

export class Resources {
  /** In order of first use. @type {Map<string, Resource>} */
  all = new Map();
  /** Uses that have not ended, the last one last. @type {Map<string, {use: Use, resource: Resource}[]>} */
  #open = new Map();

  /**
   * @param {UseEvent} event
   * @param {number} seq its place in the trace
   * @param {boolean} cut whether it ends because something was cancelled
   * @returns {Use | undefined} the use that begins or ends
   */
  add({ task, of, label, phase, at }, seq, cut) {
    const key = `${task} ${of} ${label}`;
    const open = this.#open.get(key) ?? [];
    this.#open.set(key, open);
    if (phase === 'begin') {
      const begun = this.#begin({ task, of, label, seq, from: at });
      open.push(begun);
      return begun.use;
    }
    const last = open.pop();
    if (last === undefined) return undefined;
    [last.use.ended, last.use.to, last.use.cut] = [seq, at, cut];
    last.resource.held -= 1;
    return last.use;
  }

  /**
   * @param {Pick<Use, 'task' | 'of' | 'label' | 'seq' | 'from'>} from
   */
  #begin({ task, of, label, seq, from }) {
    const resource = this.all.get(of) ?? { name: of, slots: [], held: 0, most: 0, group: { slots: 0 } };
    this.all.set(of, resource);
    if (resource.held === 0) resource.group = { slots: 0 };
    // Written out: copied by `...` each of them had a shape of its own in V8, which makes 100 000 slow to read.
    const use = { task, of, label, seq, from, ended: Infinity, to: Infinity, cut: false, group: resource.group };
    resource.held += 1;
    resource.most = Math.max(resource.most, resource.held);
    let slot = resource.slots.findIndex((uses) => (uses.at(-1)?.to ?? 0) !== Infinity);
    if (slot < 0 && resource.slots.length < MOST_SLOTS) slot = resource.slots.push([]) - 1;
    if (slot >= 0) {
      resource.slots[slot]?.push(use);
      use.group.slots = Math.max(use.group.slots, slot + 1);
    }
    return { use, resource };
  }
}
