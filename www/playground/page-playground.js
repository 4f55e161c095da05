// What a bench does for the page that is its own: the address follows it, and keys work wherever the focus is.
//
// A bench with the attribute `primary` is such a one. Any other leaves the address alone, and takes keys only while
// the focus is inside it. Keys are letters without Ctrl or Alt, so they can be turned off (WCAG 2.1.4), and none acts
// while somebody types or on a control that has a use for the same key.

/**
 * @typedef {import('./async-playground.js').AsyncPlayground} Bench
 * @typedef {import('../api/brief.js').Brief} Brief
 */

const KEYS_OFF = 'async-playground:keys-off';

/**
 * Whether the page of a bench was asked for as `?embed`, and shows nothing else.
 * @param {Bench} bench
 */
export function embedded(bench) {
  return bench.hasAttribute('primary') && new URLSearchParams(location.search).has('embed');
}

/**
 * Address and link of the page, which follow its own bench. What they take is not loaded before something changes.
 * @param {Bench} bench
 * @param {Brief} info
 * @param {import('./parts.js').Parts} parts
 * @returns {import('./page-address.js').PageAddress | null} null for a bench that the page is not about
 */
export function pageAddress(bench, info, parts) {
  if (!bench.hasAttribute('primary') || embedded(bench)) return null;
  /** @type {Promise<import('./page-address.js').PageAddress> | undefined} */
  let loading;
  const loaded = () => (loading ??= import('./page-address.js').then(({ follow }) => follow(bench, info, parts)));
  // Without it the bench works as well.
  const then = (/** @type {(address: import('./page-address.js').PageAddress) => void} */ act) => void loaded().then(act, () => {});
  return {
    changed: () => then((address) => address.changed()),
    offer: (request) => then((address) => address.offer(request)),
    cancel: () => void loading?.then((address) => address.cancel(), () => {}),
  };
}

/**
 * Listens for the keys of a bench.
 * @param {Bench} bench
 * @returns {() => void} ends it
 */
export function listenForKeys(bench) {
  const target = bench.hasAttribute('primary') ? document : bench;
  const onKey = (/** @type {Event} */ event) => {
    const { key, ctrlKey, altKey, metaKey, defaultPrevented } = /** @type {KeyboardEvent} */ (event);
    if (defaultPrevented || ctrlKey || altKey || metaKey) return;
    const at = event.composedPath()[0];
    const focus = at instanceof Element ? at : null;
    if (focus?.matches(TYPING) || (focus instanceof HTMLElement && focus.isContentEditable)) return;
    if (focus?.closest('dialog') || keysOff()) return;
    const act = action(bench, key, focus);
    if (act === null) return;
    event.preventDefault();
    act();
  };
  target.addEventListener('keydown', onKey);
  return () => target.removeEventListener('keydown', onKey);
}

const TYPING = 'input:not([type="radio"], [type="checkbox"], [type="range"]), textarea, select';
const PRESSED_BY_SPACE = 'button, summary, input, a[href]';
const MOVED_BY_ARROWS = 'input, pre, [role="region"]';

/**
 * @param {Bench} bench
 * @param {string} key
 * @param {Element | null} focus
 * @returns {(() => void) | null}
 */
function action(bench, key, focus) {
  const { replay } = bench;
  switch (key) {
    case 'r':
    case 'R':
      return () => bench.run();
    case 's':
    case 'S':
      return () => bench.stop();
    case '?':
      return () => bench.help();
    case ' ':
      return replay === null || focus?.matches(PRESSED_BY_SPACE) ? null : () => replay.toggle();
    case 'ArrowLeft':
    case 'ArrowRight':
      return replay === null || focus?.matches(MOVED_BY_ARROWS) ? null : () => replay.step(key === 'ArrowLeft' ? -1 : 1);
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
