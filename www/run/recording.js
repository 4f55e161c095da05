// The recording of a run: its request, its events, and its end and report once there are any.
//
// The page keeps nothing else of a run. A recording only grows, and a cursor is a number of events: all that is shown is a
// function of a recording and a cursor, so going back undoes exactly. Lists of tasks, lines, gauges and states are
// indices into the events, so that a picture does not search all of them.

/**
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {import('../api/playground.js').Report} Report
 * @typedef {import('../api/async_playground.js').Ended} Ended
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('./request.js').RunRequest} RunRequest
 *
 * @typedef {object} Task
 * @property {number} id
 * @property {number | null} parent
 * @property {string} name
 * @property {number[]} marks the places of its own events in the trace: its phases, waits and uses, in order
 * @property {number[]} woken the places of the events by which tasks other than its own children ended its waits
 * @property {import('./resources.js').Use[]} uses what it has held, in order
 * @property {number[]} results the places of the results of its calls
 * @property {number} wakened the place of the event that woke it last, or -1
 * @property {number} cut the place of the end of the last wait that was given up, or -1
 * @property {number} ended the place of the event that ended it, or Infinity
 *
 * @typedef {{seq: number, at: number, value: number, limit: number | null}} Step
 * @typedef {{seq: number, at: number, from: string, state: string}} Turn
 */

import { Resources } from './resources.js';

/** The axis of time: a moment is at its own place. */
const TIME = { steps: false, place: (/** @type {number} */ ms) => ms, ms: (/** @type {number} */ at) => at };

/** How many of the last uses of a cancelled task are looked at. */
const MOST_CUT = 8;

/** The recording of one run. */
export class Recording {
  /** @type {Event[]} */
  events = [];
  /** Null while the run goes on, and for good if it was stopped. @type {Ended | null} */
  ended = null;
  /** Null until the run has been judged. @type {Report | null} */
  report = null;
  /** By id, which is the order of spawning. @type {Task[]} */
  tasks = [];
  /** The places of the lines. @type {number[]} */
  logs = [];
  /** @type {Map<string, Step[]>} */
  gauges = new Map();
  /** @type {Map<string, Turn[]>} */
  states = new Map();
  /** The places of all spawns and ends, for counting who is alive. @type {number[]} */
  lives = [];
  #resources = new Resources();
  /** The places of the ends of waits that were given up. @type {Set<number>} */
  cuts = new Set();
  /** The places of the interferences. @type {number[]} */
  interferences = [];
  /** The places of the results. @type {number[]} */
  results = [];
  /** For each wait that goes on, the place at which it began. @type {Map<string, number>} */
  #waits = new Map();
  /**
   * What the times of its events are: of a recording in steps, see stepped.js, they are places of steps.
   * @type {{steps: boolean, place: (ms: number) => number, ms: (at: number) => number}}
   */
  axis = TIME;

  /**
   * @param {Brief} info the exercise
   * @param {RunRequest} request
   */
  constructor(info, request) {
    this.info = info;
    this.request = request;
  }

  /**
   * A recording of events alone, which is all that a picture takes.
   * @param {Event[]} events
   * @param {Partial<Brief>} [about] what is known of the exercise
   * @param {import('../api/playground.js').SettingValues} [settings] those that are not at their default
   */
  static of(events, about = {}, settings = {}) {
    const info = { slug: '', title: '', settings: [], programs: [], rules: [], expected: [], interference: { backend: false, cancels: null }, ...about };
    const recording = new Recording(info, { exercise: info.slug, program: 'correct', clock: 'simulated', settings });
    recording.add(events);
    return recording;
  }

  get length() {
    return this.events.length;
  }

  /** By name, in order of first use. */
  get resources() {
    return this.#resources.all;
  }

  /** When the run ended, or the last event so far was, in ms. */
  get end() {
    return Math.max(this.timeAt(this.length), this.ended?.elapsed ?? 0);
  }

  /** @param {Event[]} events those that follow in the trace */
  add(events) {
    for (const event of events) {
      this.#note(event, this.events.length);
      this.events.push(event);
    }
  }

  /**
   * @param {Event} event
   * @param {number} seq
   */
  #note(event, seq) {
    if (event.kind === 'log') this.logs.push(seq);
    else if (event.kind === 'task') this.#live(event, seq);
    else if (event.kind === 'wait') this.#wait(event, seq);
    else if (event.kind === 'use') this.#use(event, seq);
    else if (event.kind === 'result') {
      this.results.push(seq);
      this.tasks[event.task]?.results.push(seq);
    } else if (event.kind === 'wake') this.#wake(event, seq);
    else if (event.kind === 'interfere') this.interferences.push(seq);
    else if (event.kind === 'gauge') {
      const { at, value, limit } = event;
      entry(this.gauges, event.name).push({ seq, at, value, limit });
    } else if (event.kind === 'state') {
      entry(this.states, event.component).push({ seq, at: event.at, from: event.from, state: event.to });
    }
  }

  /**
   * @param {import('../api/playground.js').TaskEvent} event
   * @param {number} seq
   */
  #live({ id, parent, name, phase }, seq) {
    if (phase === 'spawned') {
      this.tasks[id] = { id, parent, name, marks: [seq], woken: [], uses: [], results: [], wakened: -1, cut: -1, ended: Infinity };
      this.lives.push(seq);
      return;
    }
    const task = this.tasks[id];
    if (task === undefined) return;
    task.marks.push(seq);
    if (phase === 'started') return;
    task.ended = seq;
    this.lives.push(seq);
    // A dropped task gives back its resources just before its `cancelled` event.
    if (phase === 'cancelled') for (const use of task.uses.slice(-MOST_CUT)) use.cut ||= use.to === this.events[seq - 1]?.at && use.ended > task.wakened;
  }

  /**
   * @param {import('../api/playground.js').WaitEvent} event
   * @param {number} seq
   */
  #wait({ task: id, on, for: what, phase }, seq) {
    const task = this.tasks[id];
    if (task === undefined) return;
    task.marks.push(seq);
    const key = `${id} ${on} ${what}`;
    if (phase === 'begin') this.#waits.set(key, seq);
    else {
      // A wait that ends without its task having been woken was given up.
      if (task.wakened < (this.#waits.get(key) ?? -1)) {
        task.cut = seq;
        this.cuts.add(seq);
      }
      this.#waits.delete(key);
    }
  }

  /**
   * @param {import('../api/playground.js').UseEvent} event
   * @param {number} seq
   */
  #use(event, seq) {
    const task = this.tasks[event.task];
    const cut = event.phase === 'end' && task !== undefined && this.events[task.cut]?.at === event.at;
    const use = this.#resources.add(event, seq, cut);
    if (task === undefined) return;
    task.marks.push(seq);
    if (event.phase === 'begin' && use !== undefined) task.uses.push(use);
  }

  /**
   * @param {import('../api/playground.js').WakeEvent} event
   * @param {number} seq
   */
  #wake({ task, by }, seq) {
    const woke = this.tasks[task];
    if (woke === undefined) return;
    woke.wakened = seq;
    if (by !== null && by !== task && this.tasks[by]?.parent !== task) woke.woken.push(seq);
  }

  /**
   * When it is at a cursor, in ms.
   * @param {number} cursor
   */
  timeAt(cursor) {
    return this.events[Math.min(cursor, this.length) - 1]?.at ?? 0;
  }

  /**
   * The cursor that has all events up to a time, and none after it.
   * @param {number} at in ms
   */
  cursorAt(at) {
    return firstPlace(this.length, (place) => (this.events[place]?.at ?? Infinity) > at);
  }

  /**
   * The cursor before all events of a time and later.
   * @param {number} at in ms
   */
  cursorBefore(at) {
    return firstPlace(this.length, (place) => (this.events[place]?.at ?? Infinity) >= at);
  }

  /**
   * How many tasks have been spawned at a cursor.
   * @param {number} cursor
   */
  spawned(cursor) {
    return firstPlace(this.tasks.length, (id) => (this.tasks[id]?.marks[0] ?? Infinity) >= cursor);
  }

  /**
   * The event of a line.
   * @param {number} line from 0
   */
  log(line) {
    const event = this.events[this.logs[line] ?? Infinity];
    return event?.kind === 'log' ? event : undefined;
  }

  /**
   * How many lines there are at a cursor.
   * @param {number} cursor
   */
  lines(cursor) {
    return firstPlace(this.logs.length, (place) => (this.logs[place] ?? Infinity) >= cursor);
  }
}

/**
 * The first place for which `after` holds, where it holds for all that follow; `length` if there is none.
 * @param {number} length
 * @param {(place: number) => boolean} after
 */
export function firstPlace(length, after) {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (after(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The same from a place on, which is quick where it is not far.
 * @param {number} from before it `after` does not hold
 * @param {number} length
 * @param {(place: number) => boolean} after
 */
export function nextPlace(from, length, after) {
  let [low, step] = [from, 1];
  while (low + step <= length && !after(low + step - 1)) [low, step] = [low + step, 2 * step];
  return low + firstPlace(Math.min(step, length - low), (place) => after(low + place));
}

/**
 * Whether another task woke a task in the moment in which it begins a use: then it was given what it had waited for.
 * @param {Recording} recording
 * @param {{task: number, seq: number}} use `seq` is the place of the event that begins it
 */
export function isGiven({ events, tasks, axis }, { task, seq }) {
  const woken = tasks[task]?.woken ?? [];
  const last = woken[firstPlace(woken.length, (place) => (woken[place] ?? 0) >= seq) - 1];
  return last !== undefined && axis.ms(events[last]?.at ?? -1) === axis.ms(events[seq]?.at ?? 0);
}

/**
 * The name of a task, or what stands for it.
 * @param {Recording} recording
 * @param {number} id
 */
export function nameOf({ tasks }, id) {
  return tasks[id]?.name ?? `task ${id}`;
}

/**
 * The places of the events that broke a rule.
 * @param {Recording} recording
 */
export function brokenIn({ report }) {
  return new Set((report?.rules ?? []).flatMap(({ held, events }) => (held === false ? events : [])));
}

/**
 * The rule that broke first; null if none did.
 * @param {Recording} recording
 */
export function firstBroken({ report, length }) {
  const broken = (report?.rules ?? []).filter(({ held }) => held === false);
  const place = (/** @type {import('../api/playground.js').RuleReport} */ { events }) => events.reduce((last, seq) => Math.max(last, seq), events.length === 0 ? length : 0);
  return broken.reduce((/** @type {typeof broken[0] | null} */ first, rule) => (first === null || place(rule) < place(first) ? rule : first), null);
}

/**
 * The cursor at which the first rule is broken; that of the end if none is, or its evidence is the whole run.
 * @param {Recording} recording
 */
export function brokenAt(recording) {
  const events = firstBroken(recording)?.events ?? [];
  return events.length === 0 ? recording.length : Math.max(...events) + 1;
}

/**
 * The last of some steps before a cursor.
 * @template {{seq: number}} T
 * @param {T[]} steps
 * @param {number} cursor
 * @returns {T | undefined}
 */
export function lastBefore(steps, cursor) {
  return steps[firstPlace(steps.length, (place) => (steps[place]?.seq ?? Infinity) >= cursor) - 1];
}

/**
 * @template T
 * @param {Map<string, T[]>} map
 * @param {string} key
 */
function entry(map, key) {
  let list = map.get(key);
  if (list === undefined) map.set(key, (list = []));
  return list;
}
