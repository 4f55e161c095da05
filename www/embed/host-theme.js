// Whether the page around a playground is light or dark.
//
// Site generators say it in different ways, and some say it in no way that CSS inherits. In this order: an attribute of
// `html` or `body`, a class of them, `color-scheme`, the colour of the ground.

/** @typedef {'light' | 'dark' | 'auto'} Theme `auto` is the choice of the reader's system */

const ATTRIBUTES = ['data-theme', 'data-bs-theme', 'data-color-mode', 'data-mode', 'data-md-color-scheme'];
/** Material for MkDocs calls its sides so. @type {Record<string, Theme>} */
const NAMES = { light: 'light', default: 'light', dark: 'dark', slate: 'dark', auto: 'auto' };

const roots = () => [document.documentElement, document.body].filter((root) => root !== null);

/**
 * The theme that the page names in an attribute or a class.
 * @returns {Theme | undefined}
 */
function named() {
  for (const root of roots()) {
    for (const attribute of ATTRIBUTES) {
      const theme = NAMES[root.getAttribute(attribute) ?? ''];
      if (theme !== undefined) return theme;
    }
    for (const theme of /** @type {const} */ (['light', 'dark'])) if (root.classList.contains(theme)) return theme;
  }
  return undefined;
}

/** The theme that the page declares by `color-scheme`; null without a declaration. @returns {Theme | null} */
function declared() {
  const schemes = roots().map((root) => getComputedStyle(root).colorScheme).filter((scheme) => scheme !== 'normal');
  const scheme = schemes.at(-1);
  if (scheme === undefined) return null;
  const [light, dark] = [scheme.includes('light'), scheme.includes('dark')];
  return light === dark ? 'auto' : dark ? 'dark' : 'light';
}

/** Light or dark by the colour behind everything, which is white unless it is given. @returns {Theme} */
function ground() {
  for (const root of roots().reverse()) {
    const [red = 255, green = 255, blue = 255, alpha = 1] = (getComputedStyle(root).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (alpha > 0.5) return 0.3 * red + 0.6 * green + 0.1 * blue < 128 ? 'dark' : 'light';
  }
  return 'light';
}

/** The theme of the page, for a frame. @returns {Theme} */
export function hostTheme() {
  return named() ?? declared() ?? ground();
}

/** The theme of the page where `color-scheme` does not say it, which elements inherit. @returns {Theme | undefined} */
export function unsaidTheme() {
  return named() ?? (declared() === null ? ground() : undefined);
}

/**
 * Calls back whenever the theme may have changed.
 * @param {() => void} changed
 * @returns {() => void} ends it
 */
export function onHostTheme(changed) {
  const observer = new MutationObserver(look);
  const system = matchMedia('(prefers-color-scheme: dark)');
  // A page may get another body.
  function observe() {
    observer.observe(document.documentElement, { attributes: true, childList: true });
    if (document.body !== null) observer.observe(document.body, { attributes: true });
  }
  function look() {
    observe();
    changed();
  }
  observe();
  system.addEventListener('change', look);
  return () => {
    observer.disconnect();
    system.removeEventListener('change', look);
  };
}
