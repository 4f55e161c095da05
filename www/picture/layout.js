// The rows of a picture and their places: interferences, states, resources, gauges, then a lane for each task in order of
// spawning.
//
// Of very many tasks the first and the last have lanes, and the others share one strip.

import { firstPlace } from '../run/recording.js';

export const HEIGHTS = { interference: 24, band: 28, gauge: 46, lane: 24, rail: 16, strip: 46, gap: 10 };
/** With more tasks not each of them has a lane. */
export const MOST_LANES = 200;
const FIRST = 100;
const LAST = 20;
/** With more resources the rest is counted. */
const MOST_RESOURCES = 40;
/** Above and below the bars of a resource, in pixels. */
const PADDING = 3;

/**
 * @typedef {import('../run/recording.js').Recording} Recording
 * @typedef {import('../run/recording.js').Task} Task
 * @typedef {import('../run/resources.js').Resource} Resource
 * @typedef {{y: number, height: number} & (
 *   {kind: 'interference'} | {kind: 'band', name: string} | {kind: 'resource', resource: Resource}
 *   | {kind: 'others', count: number} | {kind: 'gauge', name: string} | {kind: 'lane', task: Task}
 *   | {kind: 'strip', first: number, last: number})} Row `first` and `last` are the ids at the ends of the strip
 */

/**
 * @param {Recording} recording
 * @param {{gauges?: boolean}} [options]
 * @returns {{rows: Row[], height: number}}
 */
export function layout({ tasks, resources, gauges, states, interferences }, { gauges: withGauges = true } = {}) {
  /** @type {Row[]} */
  const rows = [];
  let y = 0;
  if (interferences.length > 0) y = push(rows, { kind: 'interference', y, height: HEIGHTS.interference });
  // One row a name: the bars of a resource say more than its states.
  for (const name of states.keys()) if (!resources.has(name)) y = push(rows, { kind: 'band', name, y, height: HEIGHTS.band });
  for (const resource of [...resources.values()].slice(0, MOST_RESOURCES)) {
    y = push(rows, { kind: 'resource', resource, y, height: resourceHeight(resource.slots.length) }) + 2;
  }
  const others = resources.size - MOST_RESOURCES;
  if (others > 0) y = push(rows, { kind: 'others', count: others, y, height: HEIGHTS.rail });
  const shown = withGauges ? [...gauges.keys()].filter((name) => !resources.has(name)) : [];
  for (const name of shown) y = push(rows, { kind: 'gauge', name, y, height: HEIGHTS.gauge });
  if (rows.length > 0) y += HEIGHTS.gap;
  // The main task is a thin rail beside what it starts.
  const rail = tasks.length > 1 || resources.size > 0;
  const many = tasks.length > MOST_LANES;
  const lanes = (/** @type {number} */ from, /** @type {number} */ to) => {
    for (const task of tasks.slice(from, to)) {
      const height = task.parent === null && rail ? HEIGHTS.rail : HEIGHTS.lane;
      y = push(rows, { kind: 'lane', task, y, height });
    }
  };
  lanes(0, many ? FIRST : tasks.length);
  if (many) {
    const [first, last] = [FIRST, tasks.length - LAST - 1];
    y = push(rows, { kind: 'strip', first, last, y, height: HEIGHTS.strip });
    lanes(last + 1, tasks.length);
  }
  return { rows, height: y };
}

/** The more uses overlap, the thinner they are. @param {number} slots */
function resourceHeight(slots) {
  const each = slots <= 1 ? 24 : slots <= 5 ? 18 : Math.max(8, 96 / slots);
  return each * slots + 2 * PADDING;
}

/**
 * The top and the height of the bars in one slot of a resource.
 * @param {Row & {kind: 'resource'}} row
 * @param {number} slot
 */
export function slotBox({ y, height, resource }, slot) {
  const padding = height * (PADDING / resourceHeight(resource.slots.length));
  const each = (height - 2 * padding) / resource.slots.length;
  return { top: y + padding + slot * each + 0.5, height: each - 1 };
}

/**
 * The rows that are in sight.
 * @param {Row[]} rows in order of their places
 * @param {number} top
 * @param {number} bottom
 */
export function rowsBetween(rows, top, bottom) {
  const first = firstPlace(rows.length, (place) => (rows[place]?.y ?? 0) + (rows[place]?.height ?? 0) > top);
  const last = firstPlace(rows.length, (place) => (rows[place]?.y ?? 0) >= bottom);
  return rows.slice(first, last);
}

/**
 * @param {Row[]} rows
 * @param {Row} row
 */
function push(rows, row) {
  rows.push(row);
  return row.y + row.height;
}

/**
 * Counts the tasks of a range that are alive, at most, in each column of time.
 * @param {Recording} recording
 * @param {{first: number, last: number}} range
 * @param {number} cursor
 * @param {import('./scale.js').Scale} scale
 * @param {number} columns
 */
export function density({ events, lives }, { first, last }, cursor, scale, columns) {
  const most = new Uint32Array(columns);
  let [alive, column] = [0, 0];
  for (const seq of lives) {
    if (seq >= cursor) break;
    const event = events[seq];
    if (event?.kind !== 'task' || event.id < first || event.id > last) continue;
    const at = Math.min(Math.max(Math.floor((scale.x(event.at) / scale.width) * columns), 0), columns);
    for (; column < at; column += 1) most[column] = Math.max(most[column] ?? 0, alive);
    alive += event.phase === 'spawned' ? 1 : -1;
    if (column < columns) most[column] = Math.max(most[column] ?? 0, alive);
  }
  const now = Math.min(columns, Math.ceil((scale.x(events[cursor - 1]?.at ?? 0) / scale.width) * columns));
  for (; column < now; column += 1) most[column] = Math.max(most[column] ?? 0, alive);
  return most;
}
