// The shape of each state of a task. Colour says it once more; neither is needed to tell them apart.

import { near } from './sketch.js';

/**
 * @typedef {import('../run/spans.js').Kind} Kind
 * @typedef {import('../run/spans.js').Ending} Ending
 */

/** Half the height of what ends a task, in pixels. */
const HALF = 6;
const ZIGZAG = 4;

/** @type {Record<Kind, (from: number, to: number, y: number) => string>} */
const SPANS = {
  ready: line,
  running: (from, to, y) => box(from, to, y, HALF - 2),
  // Where one sleep follows another a notch parts them.
  sleep: (from, to, y) => (to - from > 3 ? `M${from} ${y - 3}v6` : '') + line(from, to, y),
  permit: (from, to, y) => box(from, to, y, HALF - 1),
  flight: (from, to, y) => line(from, to, y - 3) + line(from, to, y + 3),
  rate: line,
  lock: zigzag,
  other: line,
};

/** @type {Record<Ending, (x: number, y: number) => string>} */
const ENDINGS = {
  finished: (x, y) => `M${x} ${y - HALF}V${y + HALF}`,
  failed: (x, y) => `M${x - 5} ${y - 5}l10 10M${x + 5} ${y - 5}l-10 10`,
  cancelled: (x, y) => `M${x} ${y - 6.5}l6.5 6.5l-6.5 6.5l-6.5 -6.5z`,
  unfinished: (x, y) => `M${x - 4} ${y - HALF}l6 6l-6 6`,
};

/**
 * @param {Kind} kind
 * @param {number} from in pixels
 * @param {number} to
 * @param {number} y its middle
 */
export function spanPath(kind, from, to, y) {
  return SPANS[kind](near(from), near(Math.max(to, from + 1)), y);
}

/**
 * @param {Ending} ending
 * @param {number} x
 * @param {number} y
 */
export function endingPath(ending, x, y) {
  return ENDINGS[ending](near(x), y);
}

/**
 * A line of the output: a small flag at the top of its lane.
 * @param {number} x
 * @param {number} y the middle of the lane
 */
export function tickPath(x, y) {
  const left = near(x - 3.5);
  return `M${left} ${y - 11}h7l-3.5 6z`;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} y
 */
function line(from, to, y) {
  return `M${from} ${y}H${to}`;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} y
 * @param {number} half
 */
function box(from, to, y, half) {
  return `M${from} ${y - half}H${to}V${y + half}H${from}z`;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} y
 */
function zigzag(from, to, y) {
  let path = `M${from} ${y}`;
  let up = -1;
  for (let x = from + ZIGZAG; x < to; x += ZIGZAG) {
    path += `L${near(x)} ${y + up * ZIGZAG}`;
    up = -up;
  }
  return `${path}L${to} ${y}`;
}
