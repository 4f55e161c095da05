// The playground of a page that is about one exercise: the address follows it, and keys work wherever the focus is.
//
// Such a playground has the attribute `primary`. Any other is a guest: it leaves the address alone, takes keys only while
// the focus is inside it, keeps these from the page around it, and follows that page's theme. Keys are letters without
// Ctrl or Alt, so they can be turned off (WCAG 2.1.4), and none acts while the reader types, or on a control that has a use
// for the same key.

/** @typedef {import('./async-playground.js').AsyncPlayground} Playground */

const KEYS_OFF = 'async-playground:keys-off';

/**
 * Whether the page of a playground was opened as `?embed`, and shows nothing else.
 * @param {Playground} playground
 */
export function embedded(playground) {
  return playground.hasAttribute('primary') && new URLSearchParams(location.search).has('embed');
}

/**
 * Address, statement and link of the page, which follow its playground. The script for them is loaded when something changes.
 * @param {Playground} playground
 * @param {import('./parts.js').Parts} parts
 * @returns {import('./page-address.js').PageAddress | null} null for a playground that the page is not about
 */
export function pageAddress(playground, parts) {
  if (!playground.hasAttribute('primary') || embedded(playground)) return null;
  /** @type {Promise<import('./page-address.js').PageAddress> | undefined} */
  let loading;
  const loaded = () => (loading ??= import('./page-address.js').then(({ follow }) => follow(playground, parts)));
  // The playground works without it.
  const changed = () => void loaded().then((address) => address.changed(), () => {});
  for (const sign of ['pointerover', 'focusin']) document.querySelector('.statement')?.addEventListener(sign, changed, { once: true });
  return {
    changed,
    cancel: () => void loading?.then((address) => address.cancel(), () => {}),
  };
}

/**
 * Joins a playground with the page around it.
 * @param {Playground} playground
 * @returns {() => void} ends it
 */
export function join(playground) {
  if (playground.hasAttribute('primary')) return listenForKeys(playground, document);
  const ends = [listenForKeys(playground, playground)];
  let ended = false;
  // Not loaded with the site's own pages. The playground works without it.
  import('./guest.js').then(({ visit }) => void (ended || ends.push(visit(playground))), () => {});
  return () => {
    ended = true;
    for (const end of ends) end();
  };
}

/**
 * Listens for the keys of a playground.
 * @param {Playground} playground
 * @param {EventTarget} target
 * @returns {() => void} ends it
 */
function listenForKeys(playground, target) {
  const onKey = (/** @type {Event} */ event) => {
    const { key, ctrlKey, altKey, metaKey, defaultPrevented } = /** @type {KeyboardEvent} */ (event);
    if (defaultPrevented || ctrlKey || altKey || metaKey) return;
    const at = event.composedPath()[0];
    const focus = at instanceof Element ? at : null;
    if (focus?.matches(TYPING) || (focus instanceof HTMLElement && focus.isContentEditable)) return;
    if (focus?.closest('dialog') || keysOff()) return;
    const perform = action(playground, key, focus);
    if (perform === null) return;
    event.preventDefault();
    perform();
  };
  target.addEventListener('keydown', onKey);
  return () => target.removeEventListener('keydown', onKey);
}

const TYPING = 'input:not([type="radio"], [type="checkbox"], [type="range"]), textarea, select';
const PRESSED_BY_SPACE = 'button, summary, input, a[href]';
const MOVED_BY_ARROWS = 'input, pre, [role="region"]';

/**
 * @param {Playground} playground
 * @param {string} key
 * @param {Element | null} focus
 * @returns {(() => void) | null}
 */
function action(playground, key, focus) {
  const player = playground.player?.recording ? playground.player : null;
  switch (key) {
    case 'r':
    case 'R':
      return () => playground.run();
    case 's':
    case 'S':
      return () => playground.stop();
    case 'p':
    case 'P':
      return () => playground.present();
    case '?':
      return () => playground.help();
    case ' ':
      return player === null || focus?.matches(PRESSED_BY_SPACE) ? null : () => player.toggle();
    case 'ArrowLeft':
    case 'ArrowRight':
      return player === null || focus?.matches(MOVED_BY_ARROWS) ? null : () => player.step(key === 'ArrowLeft' ? -1 : 1);
    default:
      return null;
  }
}

/** Whether the reader has turned the keys off. */
export function keysOff() {
  try {
    return offHere ?? localStorage.getItem(KEYS_OFF) !== null;
  } catch {
    return false;
  }
}

/** What was chosen on this page, which storage may have refused. @type {boolean | null} */
let offHere = null;

/** @param {boolean} off */
export function turnKeys(off) {
  offHere = off;
  try {
    if (off) localStorage.setItem(KEYS_OFF, '');
    else localStorage.removeItem(KEYS_OFF);
  } catch {
    // Storage may be full, off, or forbidden: the choice then lasts as long as the page.
  }
}
