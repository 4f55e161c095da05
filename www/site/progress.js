// The exercises that are done in this browser: kept in localStorage, or for this visit where storage is refused.

/** What an exercise is that is done: the reader's own program has passed. */
export const DONE = 'solved';

const KEY = `async-playground:${DONE}`;

/** @type {Set<string>} */
const done = new Set(stored());
/** @type {Set<() => void>} */
const listeners = new Set();

/** @param {string} slug */
export function isDone(slug) {
  return done.has(slug);
}

/**
 * Takes note of the verdict of a run.
 * @param {{exercise: string, report: import('../api/playground.js').Report}} verdict
 */
export function judged({ exercise, report }) {
  if (report.verdict !== 'passed' || report.program !== 'yours') return;
  done.add(exercise);
  refresh();
  try {
    localStorage.setItem(KEY, JSON.stringify([...done].sort()));
  } catch {
    // Storage may be full, off, or forbidden: the mark then lasts as long as the page.
  }
}

/**
 * @param {() => void} listener
 * @returns {() => void} ends it
 */
export function onProgress(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Others may have added to what is stored: another tab, or another page while this one was left. */
function refresh() {
  for (const slug of stored()) done.add(slug);
  for (const listener of listeners) listener();
}

/** @returns {string[]} */
function stored() {
  try {
    const value = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter((slug) => typeof slug === 'string') : [];
  } catch {
    return [];
  }
}

for (const sign of ['storage', 'pageshow']) addEventListener(sign, refresh);
