// An exercise inside a frame: tells the page around it how high it is and what came of its runs, and does what that
// page asks for. The page `/embed/` has the messages; `embed-host.js` is the other side.
//
// Listens to its parent alone. Whatever does not have the form is ignored: anybody may send anything.

/** @typedef {import('../playground/async-playground.js').AsyncPlayground} Bench */

const FORM = { source: 'async-playground', version: 1 };
const THEMES = ['auto', 'light', 'dark'];

let begun = false;

/**
 * Begins, once, where there is a page around.
 * @param {Bench} bench
 */
export function embed(bench) {
  const host = window.parent;
  if (host === window || begun) return;
  begun = true;
  /** @param {{type: string, [name: string]: unknown}} message */
  // To whoever it is: nothing is told that the page around could not have asked for.
  const tell = (message) => host.postMessage({ ...FORM, ...message }, '*');
  const measure = () => tell({ type: 'height', height: Math.ceil(document.body.getBoundingClientRect().height) });

  new ResizeObserver(measure).observe(document.body);
  bench.addEventListener('ready', () => tell({ type: 'ready', exercise: bench.exercise }));
  bench.addEventListener('verdict', (event) => {
    const { slug, program, clock, seed, settings, verdict, elapsed, error } = /** @type {CustomEvent} */ (event).detail.report;
    tell({ type: 'verdict', exercise: slug, program, clock, seed, settings, verdict, elapsed, error });
  });
  bench.addEventListener('error', (event) => {
    const { error } = /** @type {CustomEvent} */ (/** @type {Event} */ (event)).detail;
    tell({ type: 'error', exercise: bench.exercise, code: error?.code ?? null, message: String(error?.message ?? error) });
  });
  window.addEventListener('message', (event) => {
    // Before anything else: the data of a message from elsewhere are not even unpacked.
    if (event.source !== host) return;
    const { source, version, type, theme } = Object(event.data);
    if (source !== FORM.source || version !== FORM.version) return;
    if (type === 'run') bench.run();
    else if (type === 'stop') bench.stop();
    else if (type === 'theme' && THEMES.includes(theme)) bench.setAttribute('theme', theme);
    else return;
    // A page whose script came late has missed how high this is.
    measure();
  });
}
