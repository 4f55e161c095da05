// What a playground owes to the page of another site: keys pressed inside it do nothing there, and it has that page's theme.

import { onHostTheme, unsaidTheme } from '../embed/host-theme.js';

/** @typedef {import('./async-playground.js').AsyncPlayground} Playground */

const LEFT_TO_THE_PAGE = ['Escape', 'Tab', 'Control', 'Alt', 'Meta'];

/**
 * @param {Playground} playground whose own keys are handled before this
 * @returns {() => void} ends it
 */
export function visit(playground) {
  const ends = [keepKeys(playground), followTheme(playground)];
  return () => ends.forEach((end) => end());
}

/**
 * Keeps keys that are pressed inside a playground from the page around it, which may turn its pages on arrows. Escape,
 * Tab and shortcuts go on.
 * @param {Playground} playground
 */
function keepKeys(playground) {
  const keep = (/** @type {Event} */ event) => {
    const { key, ctrlKey, altKey, metaKey, defaultPrevented } = /** @type {KeyboardEvent} */ (event);
    if (LEFT_TO_THE_PAGE.includes(key) || ctrlKey || altKey || metaKey) return;
    const inside = playground.shadowRoot !== null && event.composedPath().includes(playground.shadowRoot);
    if (inside || defaultPrevented) event.stopPropagation();
  };
  const kinds = ['keydown', 'keypress', 'keyup'];
  for (const kind of kinds) playground.addEventListener(kind, keep);
  return () => kinds.forEach((kind) => playground.removeEventListener(kind, keep));
}

/**
 * Follows the theme of the page around a playground where `color-scheme`, which is inherited, does not say it.
 * @param {Playground} playground
 */
function followTheme(playground) {
  const follow = () => {
    const theme = unsaidTheme();
    const frame = playground.shadowRoot?.querySelector('.frame');
    if (theme === 'light' || theme === 'dark') frame?.setAttribute('data-host-theme', theme);
    else frame?.removeAttribute('data-host-theme');
  };
  follow();
  return onHostTheme(follow);
}
