// Calls as dots in the lane of their task: filled if the call reached the service, hollow if it was refused, in a ring if
// it was the test call.

import { described, fits } from '../run/described.js';
import { firstPlace } from '../run/recording.js';
import { near, node } from './nodes.js';
import { ring } from './shapes.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 * @typedef {import('../run/recording.js').Task} Task
 * @typedef {import('../api/brief.js').DotLook} DotLook
 */

/** A call has a few events between taking its resource and its result. */
const MOST_BEFORE = 8;

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'lane'}} row
 * @param {View} view
 */
export function drawDots({ links }, { task, y, height }, { recording, cursor, scale, left, broken }) {
  const { dots } = described(recording);
  if (dots === undefined) return;
  const radius = Math.min(6, height * 0.24);
  const middle = y + height / 2;
  /** @type {Record<string, string>} */
  const paths = {};
  /** @type {Map<string, number>} */
  const drawn = new Map();
  const { results, uses } = task;
  const tests = (recording.resources.get(dots.ring ?? '')?.slots ?? []).flat().filter((use) => use.task === task.id);
  const { times, looks } = callsOf(recording, task);
  for (let place = firstPlace(times.length, (place) => (times[place] ?? 0) >= scale.from); place < times.length; place += 1) {
    const [seq, time, shape] = [results[place] ?? Infinity, times[place] ?? 0, looks[place] ?? null];
    if (seq >= cursor || time > scale.to) break;
    if (shape === null) continue;
    const x = left + scale.x(time);
    const look = isWrong(uses, seq, broken) ? `dot ${shape} wrong` : `dot ${shape}`;
    // Dots of one kind that would overlap are drawn as one.
    if (x - (drawn.get(look) ?? -Infinity) < 2 * radius) continue;
    drawn.set(look, x);
    paths[look] = (paths[look] ?? '') + shapeOf(shape, x, middle, radius);
    const inTest = tests.some((use) => use.seq < seq && use.ended > seq);
    if (inTest) paths['test-ring'] = (paths['test-ring'] ?? '') + ring(x, middle, radius + 4);
  }
  for (const [look, d] of Object.entries(paths)) links.push(node(`task ${task.id} ${look}`, 'path', { class: look, d }));
}

/**
 * When each result of a task was, and how its dot looks; null if it has none. A task may have thousands of them, which are
 * drawn in each frame.
 * @typedef {{times: number[], looks: (DotLook | null)[]}} Calls
 * @type {WeakMap<Task, Calls>}
 */
const calls = new WeakMap();

/**
 * @param {import('../run/recording.js').Recording} recording
 * @param {Task} task
 */
function callsOf(recording, task) {
  const known = calls.get(task) ?? { times: [], looks: [] };
  calls.set(task, known);
  for (let place = known.times.length; place < task.results.length; place += 1) {
    const event = recording.events[task.results[place] ?? Infinity];
    if (event?.kind !== 'result') break;
    const mark = marksOf(recording, event.of).find(({ where }) => where.every(([key, value]) => fieldOf(event.value, key) === value));
    known.times.push(event.at);
    known.looks.push(mark?.look ?? null);
  }
  return known;
}

/** The marks of results of each name. @typedef {{look: DotLook, where: [string, unknown][]}[]} Marks @type {WeakMap<object, Map<string, Marks>>} */
const named = new WeakMap();

/**
 * @param {import('../run/recording.js').Recording} recording
 * @param {string} name of a result
 */
function marksOf(recording, name) {
  const known = named.get(recording) ?? new Map();
  named.set(recording, known);
  let marks = known.get(name);
  if (marks === undefined) {
    const all = described(recording).dots?.marks ?? [];
    marks = all.filter(({ of }) => fits(of, name)).map(({ look, where = {} }) => ({ look, where: Object.entries(where) }));
    known.set(name, marks);
  }
  return /** @type {Marks} */ (marks);
}

/**
 * Whether a call broke a rule: by its result, or by one of the last events before it since it took its resource.
 * @param {import('../run/resources.js').Use[]} uses of its task
 * @param {number} seq the place of its result
 * @param {ReadonlySet<number>} broken
 */
function isWrong(uses, seq, broken) {
  if (broken.size === 0 || broken.has(seq)) return broken.has(seq);
  const use = uses[firstPlace(uses.length, (place) => (uses[place]?.seq ?? 0) > seq) - 1];
  for (let place = Math.max(use?.seq ?? seq, seq - MOST_BEFORE); place < seq; place += 1) if (broken.has(place)) return true;
  return false;
}

/**
 * @param {unknown} value
 * @param {string} key
 */
function fieldOf(value, key) {
  return typeof value === 'object' && value !== null ? /** @type {Record<string, unknown>} */ (value)[key] : undefined;
}

/**
 * @param {import('../api/brief.js').DotLook} look
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function shapeOf(look, x, y, r) {
  const circle = ring(x, y, r);
  if (look === 'failed') return `${circle}M${near(x - r / 2.4)} ${near(y - r / 2.4)}l${near(r / 1.2)} ${near(r / 1.2)}m0 ${near(-r / 1.2)}l${near(-r / 1.2)} ${near(r / 1.2)}`;
  return look === 'gone' ? `${circle}M${near(x - r)} ${near(y)}h${near(2 * r)}` : circle;
}
