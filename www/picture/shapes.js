// Paths that a picture is made of.

import { near } from './nodes.js';

/** @typedef {import('../run/spans.js').Ending} Ending */

/** Between the lines of a hatched box, in pixels. */
const HATCH = 6;

/**
 * A box with round corners.
 * @param {number} from in pixels
 * @param {number} to
 * @param {number} y its top
 * @param {number} height
 * @param {number} [round]
 */
export function box(from, to, y, height, round = 3) {
  const width = Math.max(to - from, 1);
  const r = near(Math.min(round, width / 2, height / 2));
  const [across, down] = [near(width - 2 * r), near(height - 2 * r)];
  return `M${near(from + r)} ${near(y)}h${across}q${r} 0 ${r} ${r}v${down}q0 ${r} ${-r} ${r}h${-across}q${-r} 0 ${-r} ${-r}v${-down}q0 ${-r} ${r} ${-r}z`;
}

/**
 * The lines that hatch a box.
 * @param {number} from in pixels
 * @param {number} to
 * @param {number} y its top
 * @param {number} height
 */
export function hatch(from, to, y, height) {
  let path = '';
  for (let x = from - height + HATCH; x < to; x += HATCH) {
    const [before, over] = [Math.max(from - x, 0), Math.max(x + height - to, 0)];
    path += `M${near(x + before)} ${near(y + height - before)}L${near(x + height - over)} ${near(y + over)}`;
  }
  return path;
}

/**
 * @param {number} from in pixels
 * @param {number} to
 * @param {number} y
 */
export function line(from, to, y) {
  return `M${near(from)} ${near(y)}H${near(Math.max(to, from + 1))}`;
}

/**
 * An arrow head.
 * @param {number} x its tip
 * @param {number} y
 * @param {1 | -1} down 1 if it points down, -1 if up
 */
export function tip(x, y, down) {
  return `M${near(x)} ${near(y)}l-3.5 ${-6 * down}h7z`;
}

/**
 * @param {number} x its middle
 * @param {number} y
 * @param {number} r
 */
export function ring(x, y, r) {
  return `M${near(x - r)} ${near(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
}

/** @type {Record<Ending, (x: number, y: number, half: number) => string>} */
const ENDINGS = {
  finished: (x, y, half) => `M${x} ${near(y - half)}V${near(y + half)}`,
  failed: (x, y, half) => `M${near(x - half)} ${near(y - half)}l${2 * half} ${2 * half}m0 ${-2 * half}l${-2 * half} ${2 * half}`,
  cancelled: (x, y, half) => `M${x} ${near(y - half)}l${half} ${half}l${-half} ${half}l${-half} ${-half}z`,
  unfinished: () => '',
};

/**
 * What marks the end of a task; nothing for one that never finished.
 * @param {Ending} ending
 * @param {number} x
 * @param {number} y
 * @param {number} half half of its height, in pixels
 */
export function endingPath(ending, x, y, half) {
  return ENDINGS[ending](near(x), near(y), half);
}

/**
 * A line of the output: a small flag at the top of its lane.
 * @param {number} x
 * @param {number} y the top of the lane
 */
export function flag(x, y) {
  return `M${near(x - 3.5)} ${near(y + 1)}h7l-3.5 6z`;
}

/**
 * Scissors that cut downwards: two blades that cross, and their handles.
 * @param {number} x where they cut
 * @param {number} y
 */
export function scissors(x, y) {
  const blades = `M${near(x - 5)} ${near(y - 8)}l7 12m3 -12l-7 12`;
  return `${blades}${ring(x - 3.5, y + 6.5, 2.5)}${ring(x + 3.5, y + 6.5, 2.5)}`;
}

/**
 * A bracket below a stretch of time.
 * @param {number} from in pixels
 * @param {number} to
 * @param {number} y its top
 */
export function bracket(from, to, y) {
  return `M${near(from)} ${near(y)}v6H${near(Math.max(to, from + 2))}v-6`;
}

/**
 * An arrow to the right or to the left.
 * @param {number} from in pixels
 * @param {number} to
 * @param {number} y
 */
export function arrow(from, to, y) {
  const head = to < from ? 6 : -6;
  return `M${near(from)} ${near(y)}H${near(to)}m${head} -3.5l${-head} 3.5l${head} 3.5`;
}
