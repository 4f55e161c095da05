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

/** The least distance of two dots of one kind, in pixels. Nearer ones are drawn as one. */
const NEAR = 4;
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
  const { events } = recording;
  const radius = Math.min(6, height * 0.24);
  const middle = y + height / 2;
  /** @type {Record<string, string>} */
  const paths = {};
  /** @type {Map<string, number>} */
  const drawn = new Map();
  const { results, uses } = task;
  const tests = uses.filter(({ of }) => of === dots.ring);
  const at = (/** @type {number} */ place) => events[results[place] ?? 0]?.at ?? 0;
  for (let place = firstPlace(results.length, (place) => at(place) >= scale.from); place < results.length; place += 1) {
    const seq = results[place] ?? Infinity;
    const time = at(place);
    if (seq >= cursor || time > scale.to) break;
    const shape = lookOf(recording, task, place);
    if (shape === null) continue;
    const x = left + scale.x(time);
    const look = isWrong(uses, seq, broken) ? `dot ${shape} wrong` : `dot ${shape}`;
    if (x - (drawn.get(look) ?? -Infinity) < NEAR) continue;
    drawn.set(look, x);
    paths[look] = (paths[look] ?? '') + shapeOf(shape, x, middle, radius);
    const inTest = tests.some((use) => use.seq < seq && use.ended > seq);
    if (inTest) paths['test-ring'] = (paths['test-ring'] ?? '') + ring(x, middle, radius + 4);
  }
  for (const [look, d] of Object.entries(paths)) links.push(node(`task ${task.id} ${look}`, 'path', { class: look, d }));
}

/** The looks of the results of each task: a task may have thousands, and they are drawn in each frame. @type {WeakMap<Task, (DotLook | null)[]>} */
const looks = new WeakMap();

/**
 * The look of a result's dot; null if it has none.
 * @param {import('../run/recording.js').Recording} recording
 * @param {Task} task
 * @param {number} place among the results of the task
 */
function lookOf(recording, task, place) {
  const known = looks.get(task) ?? [];
  looks.set(task, known);
  const found = known[place];
  if (found !== undefined) return found;
  const event = recording.events[task.results[place] ?? Infinity];
  if (event?.kind !== 'result') return null;
  const mark = described(recording).dots?.marks.find(
    ({ of, where = {} }) => fits(of, event.of) && Object.entries(where).every(([key, value]) => fieldOf(event.value, key) === value),
  );
  return (known[place] = mark?.look ?? null);
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
