// Output and rules of a run as they stand at a cursor.

import { compare } from '../api/engine.js';
import { PlaygroundError } from '../api/errors.js';
import { hasFixedOutput } from './request.js';

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('../api/playground.js').Row} Row
 * @typedef {{slug: string, statement: string} & Partial<import('../api/playground.js').RuleReport>} Rule one
 *   without `held` has not been judged
 * @typedef {object} Output
 * @property {Row[]} rows
 * @property {number} lines how many of them there are at the cursor, in order
 * @property {boolean} compared whether the rows have been compared with the expected output
 */

/**
 * The output at a cursor.
 * @param {Recording} recording
 * @param {number} cursor
 * @returns {Output}
 */
export function outputAt(recording, cursor) {
  const { info, report, request } = recording;
  const lines = recording.lines(cursor);
  if (!hasFixedOutput(request)) return { rows: [], lines, compared: false };
  if (report !== null) return { rows: rowsAt(report.rows, lines, lines === recording.logs.length && cursor === recording.length), lines, compared: true };
  const all = Math.max(info.expected.length, lines);
  const texts = Array.from({ length: lines }, (_, line) => recording.log(line)?.line ?? '');
  const unjudged = () => Array.from({ length: all }, (_, at) => pending(info.expected[at] ?? null, texts[at] ?? null));
  if (lines === 0) return { rows: unjudged(), lines, compared: true };
  try {
    return { rows: compare(info.slug, texts, { clock: request.clock, finished: false }), lines, compared: true };
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    // The full module is still being loaded, or has trapped.
    return { rows: unjudged(), lines, compared: true };
  }
}

/**
 * The rows of the whole run while only its first lines are there.
 * @param {Row[]} rows
 * @param {number} lines
 * @param {boolean} over whether that is the whole run
 */
function rowsAt(rows, lines, over) {
  if (over) return rows;
  let line = 0;
  return rows.flatMap((row) => {
    const isThere = row.actual !== null && line < lines;
    if (row.actual !== null) line += 1;
    if (isThere) return [row];
    return row.expected === null ? [] : [pending(row.expected, null)];
  });
}

/**
 * @param {string | null} expected
 * @param {string | null} actual
 * @returns {Row}
 */
function pending(expected, actual) {
  return { status: 'pending', expected, actual, ellipsis: expected === '...', blanks: null };
}

/**
 * The rules at a cursor: before the end only those are judged that events before the cursor have broken.
 * @param {Recording} recording
 * @param {number} cursor
 * @returns {Rule[]}
 */
export function rulesAt({ info, report, length }, cursor) {
  if (report === null) return info.rules;
  if (cursor === length) return report.rules;
  return report.rules.map((rule) => {
    const broken = !rule.held && rule.events.length > 0 && rule.events.every((seq) => seq < cursor);
    // The events are places to go to, so they are given in any case.
    return broken ? rule : { slug: rule.slug, statement: rule.statement, events: rule.events };
  });
}
