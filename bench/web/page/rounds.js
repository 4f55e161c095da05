// Measures contenders in turns, with medians and quartiles, as harness.rs does natively.

/**
 * @typedef {{who: string, median: number, low: number, high: number}} Measured
 * @typedef {{bench: string, work: string, unit: string, results: Measured[]}} Row
 * @typedef {[who: string, round: (count: number) => unknown]} Contender does the given number of operations
 */

const ROUNDS = 21;
/** A round's least length in ms: `performance.now` is coarse. */
const LENGTH = 20;

/**
 * @param {string} who
 * @param {number[]} costs
 * @returns {Measured}
 */
export function spread(who, costs) {
  costs.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => costs[Math.floor(((costs.length - 1) * share) / 4)] ?? NaN;
  return { who, median: at(2), low: at(1), high: at(3) };
}

/** @param {Contender[1]} round @param {number} count */
async function took(round, count) {
  const began = performance.now();
  await round(count);
  return performance.now() - began;
}

/**
 * Measures the contenders in turns; the first is ours. The result is in ns for each of the `per` things of an operation.
 * @param {string} bench
 * @param {string} work
 * @param {Contender[]} contenders
 * @param {number} [per]
 * @returns {Promise<Row>}
 */
export async function measure(bench, work, contenders, per = 1) {
  const sized = [];
  for (const [who, round] of contenders) {
    let count = 1;
    while ((await took(round, count)) < LENGTH) count *= 2;
    sized.push({ who, round, count, costs: /** @type {number[]} */ ([]) });
  }
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const order = [...sized.slice(turn % sized.length), ...sized.slice(0, turn % sized.length)];
    for (const { round, count, costs } of order) costs.push(((await took(round, count)) * 1e6) / count / per);
  }
  return { bench, work, unit: 'ns', results: sized.map(({ who, costs }) => spread(who, costs)) };
}
