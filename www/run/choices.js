// Choices of the reader in the order of tasks: the n-th entry of an order says which of the ready tasks goes first at the
// n-th decision, 0 being the one that has been ready longest.

import { firstPlace } from './recording.js';

/**
 * @typedef {import('../api/playground.js').Decision} Decision
 * @typedef {import('./recording.js').Recording} Recording
 */

/** Of more ready tasks, the first are listed. */
const LISTED = 50;

/**
 * The task that goes first at a decision, in the order of a request; null where it is not listed.
 * @param {import('./request.js').RunRequest} request
 * @param {Decision[]} decisions those of its run
 * @param {number} number of the decision
 */
export function firstAt({ order = [] }, decisions, number) {
  const { ready = [] } = decisions[number] ?? {};
  // A position past the end means the last ready task.
  return ready[order[number] ?? 0] ?? (ready.length < LISTED ? ready.at(-1) : undefined) ?? null;
}

/**
 * The choice that there is at a cursor: the number of its decision, and who is ready with the position that means it. Null where
 * there is none. A task that has ended may still be ready, and does nothing then: of several decisions at a cursor, the last
 * one counts.
 * @param {Recording} recording
 * @param {Decision[]} decisions those of the run
 * @param {number} cursor
 * @returns {{number: number, ready: {id: number, position: number}[]} | null}
 */
export function choiceAt({ tasks }, decisions, cursor) {
  const number = firstPlace(decisions.length, (place) => (decisions[place]?.seq ?? 0) > cursor) - 1;
  const { seq, ready: all = [] } = decisions[number] ?? {};
  const ready = all.map((id, position) => ({ id, position })).filter(({ id }) => (tasks[id]?.ended ?? 0) >= cursor);
  return seq !== cursor || ready.length < 2 ? null : { number, ready };
}

/**
 * The cursors at which there is a choice.
 * @param {Recording} recording
 * @param {Decision[]} decisions those of the run
 */
export function choicesIn(recording, decisions) {
  return [...new Set(decisions.map(({ seq }) => seq))].filter((cursor) => choiceAt(recording, decisions, cursor) !== null);
}

/**
 * An order with another choice at a decision. The choices after it are left out, since they would be about other decisions.
 * @param {number[] | undefined} order
 * @param {number} number of the decision
 * @param {number} position
 * @returns {number[] | undefined} undefined for first come, first served
 */
export function withChoice(order = [], number, position) {
  const positions = Array.from({ length: number + 1 }, (_, place) => (place === number ? position : (order[place] ?? 0)));
  const length = positions.findLastIndex((one) => one > 0) + 1;
  return length === 0 ? undefined : positions.slice(0, length);
}

/**
 * The choices of a run that differ from first come, first served: which task went before which, and when.
 * @param {Recording} recording
 * @param {Decision[]} decisions those of the run
 * @returns {{task: string, before: string, at: number}[]}
 */
export function choicesOf({ request, events, tasks, end }, decisions) {
  const name = (/** @type {number | null | undefined} */ id) => tasks[id ?? -1]?.name ?? 'another task';
  return decisions.flatMap(({ seq, ready }, number) => {
    const id = firstAt(request, decisions, number);
    if (id === ready[0]) return [];
    const passed = ready.find((one) => one !== id && (tasks[one]?.ended ?? 0) >= seq);
    return [{ task: name(id), before: name(passed), at: events[seq]?.at ?? end }];
  });
}
