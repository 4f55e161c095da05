// A browser that lets a page keep nothing.

/** Has every access to what is kept throw, as under the strictest settings; runs in the page before anything else. */
export function refused() {
  for (const [owner, name] of /** @type {const} */ ([[globalThis, 'caches'], [globalThis, 'localStorage'], [navigator, 'serviceWorker']])) {
    Object.defineProperty(owner, name, {
      get() {
        throw new DOMException('refused', 'SecurityError');
      },
    });
  }
}
