// Runs in real time on a slow or busy device. Loaded with the first one that failed.

/** @typedef {import('./playground.js').Report} Report */

/**
 * The report of a run in real time that failed. Where the same run passes on simulated time, it has only come late: then
 * nothing is judged on time, and what seemed broken is not.
 * @param {Report} report
 * @param {Report} simulated of the same request
 * @returns {Report}
 */
export function unlessLate(report, simulated) {
  if (simulated.verdict !== 'passed') return report;
  const rules = report.rules.map((rule) => (rule.held ? rule : { ...rule, held: null, evidence: '', events: [] }));
  return { ...report, verdict: 'late', rules, late: Math.max(0, report.elapsed - simulated.elapsed) };
}
