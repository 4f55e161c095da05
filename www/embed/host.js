// For a page that shows exercises in frames: sets the height of each frame to that of its content, hands on the theme of
// the page, and fires the messages of the frame as its events: `ready`, `verdict`, `attempt`, `solved`, `error`, each with the message as its detail.
//
// It watches frames of the site that it came from. `watch` adds others: those in shadow roots, of another spelling of the
// origin, or all of them where this script is a copy or came from the npm package.

import { hostTheme, onHostTheme } from './host-theme.js';

/** The site, or the folder of a copy, where no frame is from; in a bundle none. */
const SITE = /^(.*\/)(?:embed-host|assets\/[^/]+\/embed\/host)\.js/.exec(import.meta.url)?.[1] ?? null;
const FORM = { source: 'async-playground', version: 1 };
/** In pixels; more is not a plausible height. */
const HIGHEST = 50_000;
/** A page may call `watch` after its frame has loaded. */
const WARN_AFTER_MS = 3000;

/** @type {Set<HTMLIFrameElement>} */
const watched = new Set();
let warned = false;

/** @returns {HTMLIFrameElement[]} */
function frames() {
  const own = [...document.querySelectorAll('iframe')].filter((frame) => SITE !== null && frame.src.startsWith(SITE));
  return [...new Set([...watched, ...own])];
}

const frameOf = (/** @type {MessageEventSource | null} */ source) => frames().find((frame) => frame.contentWindow === source);

/**
 * Hands a frame the theme of the page, unless its address names one. A frame sends its height after any message.
 * @param {HTMLIFrameElement} frame
 */
function greet(frame) {
  const theme = /[?&]theme=(light|dark)\b/.exec(frame.src)?.[1] ?? hostTheme();
  frame.contentWindow?.postMessage({ ...FORM, type: 'theme', theme }, '*');
}

/**
 * Watches a frame that shows a playground.
 * @param {HTMLIFrameElement} frame
 * @returns {() => void} ends it
 */
export function watch(frame) {
  watched.add(frame);
  greet(frame);
  return () => void watched.delete(frame);
}

/** @param {MessageEvent} event */
function onMessage(event) {
  const { source, version, type, height } = Object(event.data);
  if (source !== FORM.source || version !== FORM.version) return;
  const frame = frameOf(event.source);
  if (frame === undefined) return unknown(event);
  if (type === 'height' && height > 0 && height < HIGHEST) {
    // The height is that of the content, whatever border the page gives the frame.
    frame.style.boxSizing = 'content-box';
    frame.style.height = `${height}px`;
  } else if (['ready', 'verdict', 'attempt', 'solved', 'error'].includes(type)) {
    frame.dispatchEvent(new CustomEvent(type, { bubbles: true, detail: event.data }));
  } else if (type === 'hello') {
    greet(frame);
  }
}

/**
 * Warns, once, about a playground in a frame of this page that is not watched.
 * @param {MessageEvent} event
 */
function unknown({ source, origin }) {
  if (warned || !(source !== null && 'parent' in source) || source.parent !== window) return;
  warned = true;
  setTimeout(() => {
    if (frameOf(source) !== undefined) return void (warned = false);
    console.warn(
      `async-playground: a frame with a playground (origin ${origin}) is not watched, so its height and theme stay as they are. ` +
        "Load embed-host.js from the address that the frame is loaded from, or `import { watch } from '…/embed-host.js'` and call `watch(frame)`.",
    );
  }, WARN_AFTER_MS);
}

// A server render has no window.
if (globalThis.document !== undefined) {
  window.addEventListener('message', onMessage);
  let theme = hostTheme();
  onHostTheme(() => {
    if (hostTheme() === theme) return;
    theme = hostTheme();
    frames().forEach(greet);
  });
  // Frames that loaded before this script have sent their messages in vain.
  frames().forEach(greet);
}
