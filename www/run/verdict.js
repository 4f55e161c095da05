// How a run stands and what came of it, in words.

import { outputAt } from './at-cursor.js';
import { firstBroken } from './recording.js';
import { AS_IT_IS, hasFixedOutput, isOwn } from './request.js';
import { counted, milliseconds, sentence } from './text.js';

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./status.js').State} State
 * @typedef {import('../api/playground.js').Report} Report
 */

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
 * The state of a playground after a run, in a word and in a sentence. Watching a correct program solves nothing, and a
 * mistake is not there to pass.
 * @param {Recording} recording that has been judged
 * @returns {{state: State, word?: string, text: string}}
 */
export function verdictOf(recording) {
  const { info, request, report, ended } = recording;
  if (report === null) return { state: 'stopped', text: '' };
  if (report.verdict === 'late') {
    return { state: 'watched', word: 'Late', text: `Ran ${Math.round(report.late ?? 0)} ms late on this device. Not judged on time.` };
  }
  const own = isOwn(request.program);
  const shows = !own && request.program !== 'correct' && request.program !== 'answer';
  if (report.verdict === 'passed') {
    return shows
      ? { state: 'watched', word: 'Does not show here', text: 'Nothing breaks at these settings. Press the mistake again for settings at which it does.' }
      : { state: own ? 'passed' : 'watched', text: held(report) };
  }
  if (!shows && ((ended?.stuck ?? []).length > 0 || report.error?.startsWith('Stuck at'))) return { state: 'stuck', text: sentence(report.error) };
  // What Python says is what its writer wants to know.
  if (own && report.error !== null) return { state: 'error', text: sentence(report.error) };
  if (report.verdict === 'unjudged') {
    return { state: 'watched', word: 'Ran as it is', text: `${counted(recording.logs.length, 'line')} in ${milliseconds(report.elapsed)} ms. Nothing was judged.` };
  }
  const text = what(recording);
  if (shows) return { state: 'mistake-shown', text };
  return { state: report.error !== null && report.rules.every((rule) => rule.held) ? 'error' : 'broken', text };

  /** @param {Report} report */
  function held({ judged, rules, elapsed }) {
    const said = [];
    if (judged === 'output and rules') said.push('every line as expected');
    if (rules.length > 0) said.push(info.rules.length === 1 ? 'the rule held' : `all ${info.rules.length} rules held`);
    return sentence(`${said.length === 0 ? 'The run is over' : said.join(', ')}, in ${milliseconds(elapsed)} ms`);
  }
}

/**
 * What went wrong, the rule that the mistake is about first.
 * @param {Recording} recording
 */
function what(recording) {
  const { report } = recording;
  if (report === null) return '';
  const rule = firstBroken(recording);
  if (rule !== null) return sentence(rule.evidence);
  if (report.error !== null) return sentence(report.error);
  return sentence(wrongLines(report.rows));
}

/** Longer lines are cut where they stand in a sentence, in characters. */
const LONGEST_QUOTE = 60;

/**
 * What is wrong with the output, with the first of its lines.
 * @param {import('../api/playground.js').Row[]} rows
 */
function wrongLines(rows) {
  const wrong = rows.filter((row) => row.status !== 'matched');
  const [first] = wrong;
  if (first === undefined) return '';
  const of = wrong.length === 1 ? ': ' : ', the first ';
  if (wrong.every(({ status }) => status === 'extra')) return `${counted(wrong.length, 'line')} more than expected${of}${quoted(first.actual)}`;
  if (wrong.every(({ status }) => status === 'missing')) return `${counted(wrong.length, 'expected line')} ${wrong.length === 1 ? 'is' : 'are'} missing${of}${quoted(first.expected)}`;
  const both = wrong.find(({ status }) => status === 'mismatched');
  return `${counted(wrong.length, 'line')} not as expected${both === undefined ? '' : `${of}${quoted(both.actual)} instead of ${quoted(both.expected)}`}`;
}

/** @param {string | null} line */
function quoted(line) {
  const text = (line ?? '').trim();
  return `“${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}”`;
}

/**
 * How a run is judged, and what is to be known of its end.
 * @param {Recording} recording
 */
export function note({ request, report }) {
  const said = [];
  if (report !== null && report.error !== null && !isOwn(request.program)) said.push(sentence(`The run ended early: ${report.error}`));
  if (report !== null) said.push(...report.without_effect);
  if (request.program === AS_IT_IS) said.push('The program ran by itself, without the exercise, so nothing is judged.');
  else if (report?.verdict === 'late') said.push('On simulated time the same run passes.');
  else if ((request.interfere ?? []).length > 0) said.push(`You interfered with this run, ${RULES_ONLY}`);
  else if (Object.keys(request.settings).length > 0) said.push(`Some settings are not the usual ones, ${RULES_ONLY}`);
  else if (!hasFixedOutput(request)) said.push(`You chose an order of tasks, ${RULES_ONLY}`);
  else if (report !== null) said.push('Judged by the output and the rules.');
  return said.join(' ');
}
