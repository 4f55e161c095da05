// Work that follows the frames of a page: events are delivered in batches, at most once a frame.
//
// Not for timing: a frame lasts as long as the browser decides, and a hidden page has none.

/** How long a batch waits where there are no frames: in Node.js, and while the page is hidden. */
const WITHOUT_FRAMES_MS = 16;

/**
 * Calls back in the next frame, or soon where no frame will come.
 * @param {() => void} callback
 * @returns {() => void} takes it back
 */
export function nextFrame(callback) {
  if (typeof requestAnimationFrame !== 'function' || globalThis.document?.hidden) {
    const timer = setTimeout(callback, WITHOUT_FRAMES_MS);
    return () => clearTimeout(timer);
  }
  // A page that is hidden meanwhile gets no frame, so that is listened for.
  const onHidden = () => {
    if (!document.hidden) return;
    cancel();
    callback();
  };
  const frame = requestAnimationFrame(() => {
    cancel();
    callback();
  });
  const cancel = () => {
    cancelAnimationFrame(frame);
    globalThis.document?.removeEventListener('visibilitychange', onHidden);
  };
  globalThis.document?.addEventListener('visibilitychange', onHidden);
  return cancel;
}

/** Work that took less than this is done at each call. */
const CHEAP_MS = 4;

/**
 * Work that is called again and again: it is done at once while it is cheap, else after a rest of some times what it took
 * last, so that it never takes most of the page's time. The last call always leads to work.
 * @param {() => void} work
 */
export function eased(work) {
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  let free = 0;
  const now = () => {
    timer = null;
    const began = performance.now();
    work();
    const took = performance.now() - began;
    free = took < CHEAP_MS ? 0 : began + 6 * took;
  };
  return {
    call() {
      const rest = free - performance.now();
      if (timer === null && rest <= 0) now();
      else timer ??= setTimeout(now, rest);
    },
    cancel() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

/**
 * A queue that delivers what was pushed in order, once a frame. An error thrown by `deliver` is reported as an
 * uncaught one would be, and later batches still arrive.
 * @template T
 * @param {(items: T[]) => void} deliver
 */
export function batches(deliver) {
  /** @type {T[]} */
  let waiting = [];
  /** @type {(() => void) | null} */
  let cancel = null;
  let closed = false;

  const flush = () => {
    cancel?.();
    cancel = null;
    const items = waiting;
    waiting = [];
    if (items.length === 0 || closed) return;
    try {
      deliver(items);
    } catch (error) {
      report(error);
    }
  };

  return {
    /** @param {T[]} items */
    push(items) {
      if (closed) return;
      waiting = waiting.length === 0 ? items : waiting.concat(items);
      cancel ??= nextFrame(flush);
    },
    flush,
    /** Drops what waits; nothing is delivered from here on. */
    close() {
      closed = true;
      waiting = [];
      cancel?.();
      cancel = null;
    },
  };
}

/** @param {unknown} error */
function report(error) {
  if (typeof reportError === 'function') reportError(error);
  else console.error(error);
}
