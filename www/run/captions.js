// What happens in a run, one plain sentence for each event: for the player's caption and for screen readers.

import { laneInfo } from './described.js';
import { firstPlace, isGiven, nameOf } from './recording.js';
import { nounOf } from './spans.js';
import { spelled } from './spelling.js';
import { sentence } from './text.js';

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {import('./resources.js').Use} Use
 */

const PHASES = { started: 'runs for the first time', finished: 'is done', failed: 'fails', cancelled: 'is cancelled', unfinished: 'never finishes' };

/** The verbs of a resource that its exercise does not describe. */
const TAKES = '{task} takes {of}';
const GIVES_BACK = '{task} gives {of} back';

/**
 * The event before a cursor as a sentence.
 * @param {Recording} recording
 * @param {number} cursor a number of events
 */
export function captionAt(recording, cursor) {
  const event = recording.events[cursor - 1];
  return event === undefined ? 'Nothing has happened yet.' : sentence(caption(recording, event));
}

/**
 * An event as a clause.
 * @param {Recording} recording
 * @param {Event} event
 * @returns {string}
 */
function caption(recording, event) {
  const name = (/** @type {number | null} */ id) => (id === null ? 'the clock' : nameOf(recording, id));
  switch (event.kind) {
    case 'log':
      return `${name(event.task)} prints “${event.line.trim()}”`;
    case 'task':
      if (event.phase !== 'spawned') return `${event.name} ${PHASES[event.phase]}`;
      return event.parent === null ? 'the run begins' : `${name(event.parent)} starts the task ${event.name}`;
    case 'wait':
      return event.phase === 'begin' ? waiting(recording, event) : waited(recording, event);
    case 'use':
      return using(recording, event);
    case 'wake':
      return event.by === event.task ? `${name(event.task)} wakes itself` : `${name(event.by)} wakes ${name(event.task)}`;
    case 'state':
      return `${event.component} changes from ${event.from} to ${event.to}`;
    case 'gauge':
      return `${event.name} is now ${event.value}${event.limit === null ? '' : ` of ${event.limit}`}`;
    case 'result':
      return `${name(event.task)} has a result, ${event.of}: ${spelled(event.value)}`;
    case 'interfere':
      if (event.task !== null) return `you cancel ${name(event.task)}`;
      return event.what === 'backend down' ? 'you take the backend down' : 'you bring the backend up again';
  }
}

/**
 * @param {Recording} recording
 * @param {Event & {kind: 'wait'}} event
 */
function waiting(recording, { task, on, for: what, seq }) {
  const name = nameOf(recording, task);
  if (on === 'sleep') return `${name} sleeps`;
  const holder = what === null ? undefined : holderOf(recording, what, seq, task);
  const { joins } = what === null ? {} : laneInfo(recording, what);
  if (joins === undefined || what === null || holder === undefined) return `${name} waits for ${nounOf(recording, on, what)}`;
  if (holder.task === task) return `${name} waits for ${what}, which it began`;
  return `${name} ${joins} ${what}, which ${nameOf(recording, holder.task)} began`;
}

/**
 * @param {Recording} recording
 * @param {Event & {kind: 'wait'}} event
 */
function waited(recording, { task: id, on, for: what, seq }) {
  const name = nameOf(recording, id);
  if (on === 'sleep') return `${name} has slept`;
  const noun = nounOf(recording, on, what);
  return recording.cuts.has(seq) ? `${name} gives up waiting for ${noun}` : `${name} waits no longer for ${noun}`;
}

/**
 * @param {Recording} recording
 * @param {Event & {kind: 'use'}} event
 */
function using(recording, { task: id, of, label, phase, seq, at }) {
  const name = nameOf(recording, id);
  const before = phase === 'begin' ? givenBy(recording, of, seq, at) : null;
  if (before !== null && before !== id && isGiven(recording, { task: id, seq })) return `${of} is handed from ${nameOf(recording, before)} to ${name}`;
  const { begin = TAKES, end = GIVES_BACK } = laneInfo(recording, of);
  return (phase === 'begin' ? begin : end).replace('{task}', name).replace('{of}', of).replace('{label}', label ?? '').replace(/:? $/, '');
}

/**
 * The task that gave a resource back last, in the moment of an event; null where none did.
 * @param {Recording} recording
 * @param {string} of
 * @param {number} seq
 * @param {number} at
 */
function givenBy(recording, of, seq, at) {
  for (const uses of recording.resources.get(of)?.slots ?? []) {
    const use = uses[firstPlace(uses.length, (place) => (uses[place]?.seq ?? 0) >= seq) - 1];
    if (use !== undefined && use.ended < seq && use.to === at) return use.task;
  }
  return null;
}

/**
 * A use of a resource that goes on when an event happens; one of the task itself, if there is one.
 * @param {Recording} recording
 * @param {string} of
 * @param {number} seq
 * @param {number} task
 * @returns {Use | undefined}
 */
function holderOf(recording, of, seq, task) {
  const held = (recording.resources.get(of)?.slots ?? []).flatMap((uses) => {
    const use = uses[firstPlace(uses.length, (place) => (uses[place]?.seq ?? 0) > seq) - 1];
    return use !== undefined && use.ended > seq ? [use] : [];
  });
  return held.find((use) => use.task === task) ?? held[0];
}
