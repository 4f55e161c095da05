// What a task does from each of its own events on: read off the recording once, and continued when the recording grows.

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./recording.js').Task} Task
 * @typedef {import('../api/playground.js').WaitEvent} WaitEvent
 * @typedef {{on: string, for: string | null, seq: number}} Wait
 *
 * @typedef {object} Track
 * @property {number[]} times when each of the task's marks was, in ms
 * @property {number[]} lasting the places of the marks after which time passed before the next one
 * @property {(Wait | null)[]} waits what it waits for from there on
 * @property {(string | null)[]} helds the resource that it took last and still holds
 * @property {number[]} origins the place of the event that began that
 * @property {Waits} open the waits that have not ended
 * @property {string[]} uses the resources that it holds
 */

/** @type {WeakMap<Task, Track>} */
const tracks = new WeakMap();

/**
 * @param {Recording} recording
 * @param {Task} task
 */
export function trackOf({ events }, task) {
  /** @type {Track} */
  const track = tracks.get(task) ?? { times: [], lasting: [], waits: [], helds: [], origins: [], open: new Waits(), uses: [] };
  tracks.set(task, track);
  const { times, lasting, waits, helds, origins, open, uses } = track;
  for (let place = times.length; place < task.marks.length; place += 1) {
    const seq = task.marks[place] ?? 0;
    const event = events[seq];
    const begins = event?.kind === 'wait' && event.phase === 'begin';
    if (begins) open.begin(event, seq);
    else if (event?.kind === 'wait') open.end(event);
    else if (event?.kind === 'use' && event.phase === 'begin') uses.push(event.of);
    else if (event?.kind === 'use') uses.splice(uses.lastIndexOf(event.of), 1);
    const shown = open.innermost();
    if (place > 0 && (times[place - 1] ?? 0) < (event?.at ?? 0)) lasting.push(place - 1);
    times.push(event?.at ?? 0);
    waits.push(shown);
    helds.push(uses.at(-1) ?? null);
    origins.push(begins ? (shown?.seq ?? seq) : seq);
  }
  return track;
}

/**
 * The waits of a task that began at one time. A task may have very many, one for each task that it gathers.
 * @typedef {object} Group
 * @property {number} at
 * @property {(Wait & {count: number})[]} waits in the order in which they began; `count` is how many have not ended
 * @property {Map<string, Wait & {count: number}>} byKey those that have not ended
 * @property {number} first the place of the first one that has not ended
 */

/** The waits of a task that have not ended. */
class Waits {
  /** In order of time. @type {Group[]} */
  #groups = [];

  /**
   * @param {WaitEvent} event
   * @param {number} seq
   */
  begin(event, seq) {
    let group = this.#groups.at(-1);
    if (group?.at !== event.at) this.#groups.push((group = { at: event.at, waits: [], byKey: new Map(), first: 0 }));
    const known = group.byKey.get(keyOf(event));
    if (known !== undefined) known.count += 1;
    else {
      const wait = { on: event.on, for: event.for, seq, count: 1 };
      group.waits.push(wait);
      group.byKey.set(keyOf(event), wait);
    }
  }

  /** @param {WaitEvent} event */
  end(event) {
    const place = this.#groups.findLastIndex(({ byKey }) => byKey.has(keyOf(event)));
    const group = this.#groups[place];
    const wait = group?.byKey.get(keyOf(event));
    if (group === undefined || wait === undefined) return;
    wait.count -= 1;
    if (wait.count === 0) group.byKey.delete(keyOf(event));
    while (group.waits[group.first]?.count === 0) group.first += 1;
    if (group.byKey.size === 0) this.#groups.splice(place, 1);
  }

  /**
   * The wait that says most. Of the waits that began last it is the one recorded first: an outer wait is recorded after the inner one.
   * @returns {Wait | null}
   */
  innermost() {
    const group = this.#groups.at(-1);
    return group?.waits[group.first] ?? null;
  }
}

/** @param {WaitEvent} event */
function keyOf(event) {
  return `${event.on} ${event.for}`;
}
