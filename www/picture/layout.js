// Which rows a timeline has and where they stand: bands, gauges, then a lane for each task in order of spawning.
//
// Of very many tasks the first and the last have lanes, and those between share one strip.

export const HEIGHTS = { band: 26, gauge: 46, lane: 22, strip: 46, gap: 10 };
/** With more tasks than this they do not all get a lane. */
export const MOST_LANES = 200;
const FIRST = 100;
const LAST = 20;

/**
 * @typedef {import('../run/recording.js').Recording} Recording
 * @typedef {import('../run/recording.js').Task} Task
 * @typedef {{y: number, height: number} & (
 *   {kind: 'band', name: string} | {kind: 'gauge', name: string} | {kind: 'lane', task: Task}
 *   | {kind: 'strip', first: number, last: number})} Row `first` and `last` are the ids at the ends of the strip
 */

/**
 * @param {Recording} recording
 * @returns {{rows: Row[], height: number}}
 */
export function layout({ tasks, gauges, states }) {
  /** @type {Row[]} */
  const rows = [];
  let y = 0;
  for (const name of states.keys()) y = push(rows, { kind: 'band', name, y, height: HEIGHTS.band });
  for (const name of gauges.keys()) y = push(rows, { kind: 'gauge', name, y, height: HEIGHTS.gauge });
  if (rows.length > 0) y += HEIGHTS.gap;
  const many = tasks.length > MOST_LANES;
  const lanes = (/** @type {number} */ from, /** @type {number} */ to) => {
    for (const task of tasks.slice(from, to)) y = push(rows, { kind: 'lane', task, y, height: HEIGHTS.lane });
  };
  lanes(0, many ? FIRST : tasks.length);
  if (many) {
    const [first, last] = [FIRST, tasks.length - LAST - 1];
    y = push(rows, { kind: 'strip', first, last, y, height: HEIGHTS.strip });
    lanes(last + 1, tasks.length);
  }
  return { rows, height: y };
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
 * How many tasks of a range live, at most, in each of some columns of time.
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
