// How a run stands, in words.

import { outputAt } from './at-cursor.js';
import { hasFixedOutput } from './request.js';
import { counted, milliseconds, sentence } from './text.js';

/** @typedef {import('./recording.js').Recording} Recording */

/** @typedef {'ready' | 'running' | 'passed' | 'failed' | 'stopped'} State */

export const BEFORE = 'Press Run to start.';
const RULES_ONLY = 'so only the rules are checked, not the exact output.';

/**
 * What is said while a run is computed or played.
 * @param {Recording} recording
 * @param {import('./player.js').Player} player
 */
export function progress(recording, player) {
  const { cursor, time } = player;
  const { rows, lines, compared } = outputAt(recording, cursor);
  const done = rows.filter((row) => row.status === 'matched').length;
  const text = compared ? `${done} of ${counted(rows.length, 'line')} as expected.` : `${counted(lines, 'line')} so far.`;
  return `${milliseconds(time)} ms: ${text}`;
}

/**
 * What is said of a run that was stopped.
 * @param {import('./player.js').Player} player
 */
export function stopped({ time }) {
  return `Stopped at ${milliseconds(time)} ms. Nothing was judged.`;
}

/**
 * The verdict in a word. A run of a mistake is not there to pass, and watching the correct program solves nothing.
 * @param {import('../api/playground.js').Report} report
 */
export function verdictWord({ program, verdict }) {
  if (program === 'correct') return verdict === 'passed' ? 'Watched' : 'Almost';
  return verdict === 'passed' ? 'Does not show here' : 'Mistake shown';
}

/** @param {import('../api/playground.js').Report} report */
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

/**
 * How a run is judged, and what is to be known of its end.
 * @param {Recording} recording
 */
export function note({ request, report }) {
  const said = [];
  if (report !== null && report.error !== null) said.push(sentence(`The run ended early: ${report.error}`));
  if (report !== null) said.push(...report.without_effect);
  if (report?.disturbed) said.push('The tab was hidden during this run, which slowed its timers: its times prove nothing.');
  if ((request.interfere ?? []).length > 0) said.push(`You interfered with this run, ${RULES_ONLY}`);
  else if (Object.keys(request.settings).length > 0) said.push(`You changed settings, ${RULES_ONLY}`);
  else if (!hasFixedOutput(request)) said.push(`You chose an order of tasks, ${RULES_ONLY}`);
  else if (report !== null) said.push('Judged by the output and the rules.');
  return said.join(' ');
}

/** @param {unknown} error */
export function errorText(error) {
  return sentence(error instanceof Error ? error.message : String(error));
}
