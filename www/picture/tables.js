// The facts of a picture as tables, for screen readers and for exact numbers.

import { counted, milliseconds } from '../run/text.js';
import { lanesOf } from './layout.js';
import { WORDS, spans, wordsFor } from '../run/spans.js';

/**
 * @typedef {import('../run/recording.js').Recording} Recording
 * @typedef {{caption: string, heads: string[], rows: string[][]}} Table the first cell of a row is its head
 */

/** Of a longer list the rest is counted. */
const MOST = 40;

/**
 * Returns the tables at a cursor: tasks, then resources, gauges and states where there are any.
 * @param {Recording} recording
 * @param {number} cursor
 * @returns {Table[]}
 */
export function tables(recording, cursor) {
  const made = [tasksTable(recording, cursor)];
  if (recording.resources.size > 0) made.push(resourcesTable(recording, cursor));
  if (recording.gauges.size > 0) made.push(gaugesTable(recording, cursor));
  if (recording.states.size > 0) made.push(statesTable(recording, cursor));
  return made;
}

/**
 * @param {Recording} recording
 * @param {number} cursor
 */
function tasksTable(recording, cursor) {
  const rows = lanesOf(recording, true).flatMap((row) => {
    if (row.kind === 'strip') return [[`${counted(row.last - row.first + 1, 'task')} more`, '', '', '']];
    if (row.kind !== 'lane' || (row.task.marks[0] ?? Infinity) >= cursor) return [];
    const { task } = row;
    const { spans: all, ending } = spans(recording, task, cursor);
    const did = list(all, (span) => `${wordsFor(recording, span)} ${milliseconds(span.from)} to ${span.open ? 'now' : milliseconds(span.to)}`);
    const end = ending === null ? '' : `${WORDS[ending.phase]} at ${milliseconds(ending.at)}`;
    const parent = task.parent === null ? '' : (recording.tasks[task.parent]?.name ?? '');
    return [[row.name, parent, did, end]];
  });
  return { caption: 'Tasks, times in ms', heads: ['Task', 'Spawned by', 'What it did', 'End'], rows };
}

/**
 * @param {Recording} recording
 * @param {number} cursor
 */
function resourcesTable(recording, cursor) {
  const rows = [...recording.resources.values()].map(({ name, slots }) => {
    const uses = slots.flat().filter(({ seq }) => seq < cursor).sort((a, b) => a.seq - b.seq);
    const held = list(uses, ({ task, label, from, to, ended }) => {
      const who = label ?? recording.tasks[task]?.name ?? '';
      return `${who} ${milliseconds(from)} to ${ended < cursor ? milliseconds(to) : 'now'}`;
    });
    return [name, held];
  });
  return { caption: 'Resources, times in ms', heads: ['Resource', 'Who held it'], rows };
}

/**
 * @param {Recording} recording
 * @param {number} cursor
 */
function gaugesTable(recording, cursor) {
  const rows = [...recording.gauges].map(([name, steps]) => {
    const until = steps.filter(({ seq }) => seq < cursor);
    const { limit = null } = until.at(-1) ?? {};
    return [name, limit === null ? 'none' : String(limit), list(until, ({ at, value }) => `${value} at ${milliseconds(at)}`)];
  });
  return { caption: 'Gauges, times in ms', heads: ['Gauge', 'Limit', 'Values'], rows };
}

/**
 * @param {Recording} recording
 * @param {number} cursor
 */
function statesTable(recording, cursor) {
  const rows = [...recording.states].map(([name, turns]) => {
    const until = turns.filter(({ seq }) => seq < cursor);
    const first = turns[0] === undefined ? '' : `${turns[0].from} at 0; `;
    return [name, first + list(until, ({ at, state }) => `${state} at ${milliseconds(at)}`)];
  });
  return { caption: 'States, times in ms', heads: ['Component', 'States'], rows };
}

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => string} told
 */
function list(items, told) {
  const more = items.length > MOST ? `; and ${items.length - MOST} more` : '';
  return items.slice(0, MOST).map(told).join('; ') + more;
}
