// How the bench tells how a run stands.

import { counted, milliseconds, sentence } from '../run/text.js';

/** @typedef {import('../api/playground.js').Report} Report */

export const JUDGED = 'Judged by the output and the rules.';
export const NOT_JUDGED =
  'Judged by the rules alone: the output is fixed only with every setting at its default and without a seed.';

export const ACTED =
  'You took a hand in this run: it is judged by the rules alone, and its link runs it without you.';

/**
 * @param {number} done
 * @param {number} all
 */
export function progress(done, all) {
  return `${done} of ${counted(all, 'line')} as expected.`;
}

/** @param {Report} report */
export function summary(report) {
  const time = `${milliseconds(report.elapsed)} ms`;
  const wrong = report.rows.filter((row) => row.status !== 'matched').length;
  const broken = report.rules.filter((rule) => !rule.held).length;
  const said = [];
  if (report.judged === 'output and rules') {
    said.push(wrong === 0 ? 'Every line as expected' : `${counted(wrong, 'line')} not as expected`);
  }
  if (report.rules.length > 0) said.push(broken === 0 ? 'every rule held' : `${counted(broken, 'rule')} broken`);
  if (said.length === 0) said.push('The run is over');
  return sentence(`${said.join(', ')}, ${report.error === null ? 'in' : 'ended after'} ${time}`);
}

/** @param {unknown} error */
export function told(error) {
  return sentence(error instanceof Error ? error.message : String(error));
}
