// Which of the mistakes a program behaves like: at the same settings it breaks the same rules, and writes the same lines.

import { run } from '../api/calls.js';

/**
 * @typedef {import('../api/playground.js').Report} Report
 * @typedef {import('../run/recording.js').Recording} Recording
 */

/**
 * @param {import('../api/brief.js').Brief} info
 * @param {Report} report of the reader's program
 * @param {Recording | null} recording of the same run
 * @param {AbortSignal} signal
 * @returns {Promise<{slug: string, title: string} | null>} null if it behaves like none of them
 */
export async function advice(info, report, recording, signal) {
  if (recording === null || recording.request.program !== 'yours') return null;
  const { settings, interfere } = report;
  const order = report.seed === null ? (report.order === null ? {} : { order: report.order }) : { seed: report.seed };
  const mine = behaviour(report, recording.logs.map((_, line) => recording.log(line)?.line ?? ''));
  for (const { slug, title } of info.programs) {
    if (slug === 'correct') continue;
    try {
      /** @type {string[]} */
      const lines = [];
      const theirs = await run(info.slug, {
        program: slug,
        settings,
        interfere,
        ...order,
        signal,
        onEvents: (/** @type {import('../api/playground.js').Event[]} */ events) => {
          for (const event of events) if (event.kind === 'log') lines.push(event.line);
        },
      });
      if (behaviour(theirs, lines) === mine) return { slug, title };
    } catch {
      if (signal.aborted) return null;
    }
  }
  return null;
}

/**
 * @param {Report} report
 * @param {string[]} lines
 */
function behaviour({ rules }, lines) {
  return JSON.stringify([rules.filter(({ held }) => held === false).map(({ slug }) => slug), lines]);
}
