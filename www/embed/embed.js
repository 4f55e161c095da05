// The inside of a frame: sends its height and the results of runs to the page around it, and obeys that page's messages.
// docs/EMBEDDING.md lists the messages; `host.js` is the other side.
//
// It listens to its parent alone and ignores messages of another form.

/** @typedef {import('../playground/async-playground.js').AsyncPlayground} Playground */

const FORM = { source: 'async-playground', version: 1 };
const THEMES = ['auto', 'light', 'dark'];

let begun = false;

/**
 * Starts, once, when there is a page around.
 * @param {Playground} playground
 */
export function embed(playground) {
  const host = window.parent;
  if (host === window || begun) return;
  begun = true;
  /** @param {{type: string, [name: string]: unknown}} message */
  // Any origin may embed the frame. Nothing in these messages is private but the reader's code, which was run in that page.
  const tell = (message) => host.postMessage({ ...FORM, ...message }, '*');
  const measure = () => tell({ type: 'height', height: Math.ceil(document.body.getBoundingClientRect().height) });

  new ResizeObserver(measure).observe(document.body);
  playground.addEventListener('ready', () => tell({ type: 'ready', exercise: playground.exercise }));
  playground.addEventListener('verdict', (event) => {
    const { slug, program, clock, seed, settings, verdict, elapsed, error } = /** @type {CustomEvent} */ (event).detail.report;
    tell({ type: 'verdict', exercise: slug, program, clock, seed, settings, verdict, elapsed, error });
  });
  for (const type of ['attempt', 'solved']) {
    playground.addEventListener(type, (event) => tell({ type, .../** @type {CustomEvent} */ (event).detail }));
  }
  playground.addEventListener('error', (event) => {
    const { error } = /** @type {CustomEvent} */ (/** @type {Event} */ (event)).detail;
    tell({ type: 'error', exercise: playground.exercise, code: error?.code ?? null, message: String(error?.message ?? error) });
  });
  window.addEventListener('message', (event) => {
    // First, so that data from elsewhere is not even read.
    if (event.source !== host) return;
    const { source, version, type, theme } = Object(event.data);
    if (source !== FORM.source || version !== FORM.version) return;
    if (type === 'run') playground.run();
    else if (type === 'stop') playground.stop();
    else if (type === 'theme' && THEMES.includes(theme)) playground.setAttribute('theme', theme);
    else return;
    // A page whose script loaded late has missed the height.
    measure();
  });
  tell({ type: 'hello' });
}
