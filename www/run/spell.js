// Events in words.

/** @typedef {import('../api/playground.js').Event} Event */

const PHASES = {
  spawned: 'is spawned',
  started: 'starts',
  finished: 'finishes',
  failed: 'fails',
  cancelled: 'is cancelled',
  unfinished: 'never finishes',
};

/**
 * @param {Event} event
 * @param {(id: number) => string} name of a task
 */
export function spell(event, name) {
  switch (event.kind) {
    case 'log':
      return `${name(event.task)} writes “${event.line}”`;
    case 'task':
      return `${event.name} ${PHASES[event.phase]}`;
    case 'wait':
      return `${name(event.task)} ${event.phase === 'begin' ? 'begins' : 'ends'} to wait for ${event.on}`;
    case 'use': {
      const what = event.label === null ? '' : `, ${event.label}`;
      return `${name(event.task)} ${event.phase === 'begin' ? 'takes' : 'gives back'} ${event.of}${what}`;
    }
    case 'wake':
      return event.by === null ? `${name(event.task)} is woken` : `${name(event.by)} wakes ${name(event.task)}`;
    case 'state':
      return `${event.component} goes from ${event.from} to ${event.to}`;
    case 'gauge':
      return `${event.name} is ${event.value}${event.limit === null ? '' : ` of ${event.limit}`}`;
    case 'result':
      return `${name(event.task)} has ${event.of}: ${event.value}`;
    case 'interfere':
      return event.task === null ? `you take the ${event.what}` : `you cancel ${name(event.task)}`;
  }
}

/**
 * The names of a trace's tasks, by their ids.
 * @param {Event[]} events
 */
export function names(events) {
  /** @type {Map<number, string>} */
  const known = new Map();
  for (const event of events) if (event.kind === 'task') known.set(event.id, event.name);
  return (/** @type {number} */ id) => known.get(id) ?? `task ${id}`;
}
