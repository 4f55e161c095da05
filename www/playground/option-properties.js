// The options of the element. Each is a property too, which reflects its attribute; options.js does what they say.

/** The attributes of an element beside its exercise; an embedded page takes them in its query too. */
export const OPTIONS = ['autorun', 'clock', 'compact', 'settings', 'lock', 'seed', 'show', 'speed', 'theme', 'program'];

const FLAGS = ['autorun', 'compact'];

/** @param {HTMLElement} prototype */
export function reflect(prototype) {
  for (const name of OPTIONS) {
    Object.defineProperty(prototype, name, {
      get: /** @this {HTMLElement} */ function () {
        return FLAGS.includes(name) ? this.hasAttribute(name) : (this.getAttribute(name) ?? '');
      },
      set: /** @this {HTMLElement} */ function (/** @type {unknown} */ value) {
        if (value === null || value === undefined || value === false) return this.removeAttribute(name);
        // Settings may be given as an object.
        const pairs = typeof value === 'object' ? Object.entries(value).map((pair) => pair.join('=')).join(' ') : String(value);
        this.setAttribute(name, value === true ? '' : pairs);
      },
    });
  }
}

/**
 * What was set before the element had its class lies in front of the properties.
 * @param {HTMLElement} element
 */
export function adopt(element) {
  for (const name of ['exercise', ...OPTIONS]) {
    const own = Object.getOwnPropertyDescriptor(element, name);
    if (own !== undefined && Reflect.deleteProperty(element, name)) Reflect.set(element, name, own.value);
  }
}
