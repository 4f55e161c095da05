// Traces made by hand, for tests of the model and of the picture.

import { Recording } from '../../../www/run/recording.js';

/** @typedef {import('../../../www/api/playground.js').Event} Event */
/** @typedef {Record<string, unknown> & {at: number, kind: string}} Made an event without its number */

/**
 * A recording of events, which are numbered in their order.
 * @param {Made[]} events
 */
export function recording(events) {
  return Recording.of(events.map((event, seq) => /** @type {Event} */ (/** @type {unknown} */ ({ seq, ...event }))));
}

/**
 * @param {number} at
 * @param {number} id
 * @param {string} phase
 * @param {number | null} [parent]
 * @returns {Made}
 */
export const task = (at, id, phase, parent = null) => ({ at, kind: 'task', id, parent, name: `task ${id}`, phase });

/**
 * @param {number} at
 * @param {number} id
 * @param {string} on
 * @param {string} phase
 * @param {string | null} [what] the resource or task that it is for
 * @returns {Made}
 */
export const wait = (at, id, on, phase, what = null) => ({ at, kind: 'wait', task: id, on, for: what, phase });

/**
 * @param {number} at
 * @param {number} id
 * @param {string} of
 * @param {string} phase
 * @param {string | null} [label]
 * @returns {Made}
 */
export const use = (at, id, of, phase, label = null) => ({ at, kind: 'use', task: id, of, label, phase });

/**
 * @param {number} at
 * @param {number} id
 * @param {number | null} by
 * @returns {Made}
 */
export const wake = (at, id, by) => ({ at, kind: 'wake', task: id, by });
