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
 */

/** The least distance of two dots of one kind, in pixels. Nearer ones are drawn as one. */
const NEAR = 4;

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
  const at = (/** @type {number} */ place) => events[results[place] ?? 0]?.at ?? 0;
  for (let place = firstPlace(results.length, (place) => at(place) >= scale.from); place < results.length; place += 1) {
    const seq = results[place] ?? Infinity;
    const event = events[seq];
    if (seq >= cursor || event?.kind !== 'result' || event.at > scale.to) break;
    const mark = dots.marks.find(({ of, where = {} }) => fits(of, event.of) && Object.entries(where).every(([key, value]) => fieldOf(event.value, key) === value));
    if (mark === undefined) continue;
    const x = left + scale.x(event.at);
    const use = uses[firstPlace(uses.length, (at) => (uses[at]?.seq ?? 0) > seq) - 1];
    const wrong = [...numbersBetween(use?.seq ?? seq, seq)].some((number) => broken.has(number)) || broken.has(seq);
    const look = wrong ? `dot ${mark.look} wrong` : `dot ${mark.look}`;
    if (x - (drawn.get(look) ?? -Infinity) < NEAR) continue;
    drawn.set(look, x);
    paths[look] = (paths[look] ?? '') + shapeOf(mark.look, x, middle, radius);
    const inTest = uses.some((use) => use.of === dots.ring && use.seq < seq && use.ended > seq);
    if (inTest) paths['test-ring'] = (paths['test-ring'] ?? '') + ring(x, middle, radius + 4);
  }
  for (const [look, d] of Object.entries(paths)) links.push(node(`task ${task.id} ${look}`, 'path', { class: look, d }));
}

/**
 * @param {unknown} value
 * @param {string} key
 */
function fieldOf(value, key) {
  return typeof value === 'object' && value !== null ? /** @type {Record<string, unknown>} */ (value)[key] : undefined;
}

/**
 * The places of the events of one call, a few at most.
 * @param {number} from
 * @param {number} to
 */
function* numbersBetween(from, to) {
  for (let seq = Math.max(from, to - 8); seq <= to; seq += 1) yield seq;
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
