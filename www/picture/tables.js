// The facts of a timeline as tables, for those who do not see it and for those who want the numbers.

import { h } from '../dom.js';
import { counted, milliseconds } from '../run/text.js';
import { layout } from './layout.js';
import { WORDS, spans, wordsFor } from '../run/spans.js';

/** @typedef {import('../run/recording.js').Recording} Recording */

/** Of a long list the rest is counted. */
const MOST = 40;

/**
 * Tables of what there is at a cursor: tasks, then gauges and states where there are any.
 * @param {Recording} recording
 * @param {number} cursor
 * @returns {HTMLElement[]}
 */
export function tables(recording, cursor) {
  const made = [tasksTable(recording, cursor)];
  if (recording.gauges.size > 0) made.push(gaugesTable(recording, cursor));
  if (recording.states.size > 0) made.push(statesTable(recording, cursor));
  return made;
}

/**
 * @param {Recording} recording
 * @param {number} cursor
 */
function tasksTable(recording, cursor) {
  const rows = layout(recording).rows.flatMap((row) => {
    if (row.kind === 'strip') return [[`${counted(row.last - row.first + 1, 'task')} more`, '', '', '']];
    if (row.kind !== 'lane' || (row.task.marks[0] ?? Infinity) >= cursor) return [];
    const { task } = row;
    const { spans: all, ending } = spans(recording, task, cursor);
    const did = list(all, (span) => `${wordsFor(span)} ${milliseconds(span.from)} to ${span.open ? 'now' : milliseconds(span.to)}`);
    const end = ending === null ? '' : `${WORDS[ending.phase]} at ${milliseconds(ending.at)}`;
    const parent = task.parent === null ? '' : (recording.tasks[task.parent]?.name ?? '');
    return [[task.name, parent, did, end]];
  });
  return table('Tasks, times in ms', ['Task', 'Spawned by', 'What it did', 'End'], rows);
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
  return table('Gauges, times in ms', ['Gauge', 'Limit', 'Values'], rows);
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
  return table('States, times in ms', ['Component', 'States'], rows);
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

/**
 * @param {string} caption
 * @param {string[]} heads
 * @param {string[][]} rows
 */
function table(caption, heads, rows) {
  return h(
    'table',
    { class: 'facts' },
    h('caption', {}, caption),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, ...rows.map(([first = '', ...cells]) => h('tr', {}, h('th', { scope: 'row' }, first), ...cells.map((cell) => h('td', {}, cell))))),
  );
}
