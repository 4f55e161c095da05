// The exercises that passed in this browser: kept in localStorage, or for this visit where storage is refused.

const KEY = 'async-playground:passed';

/** @type {Set<string>} */
const passed = new Set(stored());
/** @type {Set<() => void>} */
const listeners = new Set();

/** @param {string} slug */
export function hasPassed(slug) {
  return passed.has(slug);
}

/** @param {string} slug */
export function markPassed(slug) {
  passed.add(slug);
  refresh();
  try {
    localStorage.setItem(KEY, JSON.stringify([...passed].sort()));
  } catch {
    // Storage may be full, off, or forbidden: the mark then lasts as long as the page.
  }
}

/**
 * @param {() => void} listener
 * @returns {() => void} ends it
 */
export function onPassed(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Others may have added to what is stored: another tab, or another page while this one was left. */
function refresh() {
  for (const slug of stored()) passed.add(slug);
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
