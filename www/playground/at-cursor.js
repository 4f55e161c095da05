// What bench and replay have in common: the output and the rules as they stand at a cursor.

import { compare } from '../api/engine.js';
import { PlaygroundError } from '../api/errors.js';

/**
 * @typedef {import('../api/brief.js').Brief} Brief
 * @typedef {import('../api/playground.js').Report} Report
 * @typedef {{judged: boolean, clock: import('../api/playground.js').ClockName, lines: string[], times: number[],
 *   outcome: Report | null}} Told the lines of a run so far, and its report once it has one
 */

/**
 * What may be done to a run while it goes on; null where that is nothing, as on every clock but the paced one.
 * @param {Brief} info
 * @param {{clock: import('../api/playground.js').ClockName}} request
 */
export function actsOn({ acts }, { clock }) {
  return clock === 'paced' && (acts.backend || acts.cancels !== null) ? acts : null;
}

/**
 * Shows the first lines of a run; says how many are as expected, or null where lines are not judged.
 * @param {import('./playground-output.js').PlaygroundOutput} output
 * @param {Brief} info
 * @param {Told} run
 * @param {number} count how many lines
 * @param {boolean} over whether the cursor is at the end of a run that has ended
 */
export function showLines(output, info, run, count, over) {
  if (!run.judged) {
    output.list(run.lines, run.times, count);
    return null;
  }
  const lines = run.lines.slice(0, count);
  try {
    const rows = over && run.outcome !== null ? run.outcome.rows : compare(info.slug, lines, { clock: run.clock, finished: false });
    output.show(rows, run.times);
    return { done: rows.filter((row) => row.status === 'matched').length, all: rows.length };
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    // Who judges is still being loaded, or is no more, after a trap.
    output.unjudged(info.expected, lines, run.times);
    return null;
  }
}

/**
 * The rules at a cursor: before the end only those are known that some event up to there has broken.
 * @param {Brief} info
 * @param {Report | null} report
 * @param {number} cursor
 * @param {boolean} over whether that is the end
 * @returns {import('./playground-rules.js').Rule[]}
 */
export function rulesAt(info, report, cursor, over) {
  if (report === null) return info.rules;
  if (over) return report.rules;
  return report.rules.map((rule) => {
    const broken = !rule.held && rule.events.length > 0 && rule.events.every((seq) => seq < cursor);
    // Where its events are can be known before: they are places to go to.
    return broken ? rule : { slug: rule.slug, statement: rule.statement, events: rule.events };
  });
}
