// The options of the element as properties, which reflect the attributes; options.js applies them.

import { OPTIONS } from '../run/address.js';
import { spellInterference } from '../run/request.js';

/** Present, or `"false"`, which is how some frameworks write it. */
const FLAGS = ['autorun', 'compact'];

/** @param {HTMLElement} prototype */
export function reflect(prototype) {
  for (const name of OPTIONS) {
    Object.defineProperty(prototype, name, {
      get: /** @this {HTMLElement} */ function () {
        return FLAGS.includes(name) ? (this.getAttribute(name) ?? 'false') !== 'false' : (this.getAttribute(name) ?? '');
      },
      set: /** @this {HTMLElement} */ function (/** @type {unknown} */ value) {
        if (value === null || value === undefined || value === false) return this.removeAttribute(name);
        this.setAttribute(name, value === true ? '' : spelled(name, value));
      },
    });
  }
}

/**
 * Settings may be given as an object, order and interference as lists.
 * @param {string} name
 * @param {unknown} value
 */
function spelled(name, value) {
  if (name === 'interfere' && Array.isArray(value)) return spellInterference(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return String(value);
  return Object.entries(value).map((pair) => pair.join('=')).join(' ');
}

/**
 * A property that was set before the element had its class hides that of the class; it is set again.
 * @param {HTMLElement} element
 */
export function adopt(element) {
  for (const name of ['exercise', ...OPTIONS]) {
    const own = Object.getOwnPropertyDescriptor(element, name);
    if (own !== undefined && Reflect.deleteProperty(element, name)) Reflect.set(element, name, own.value);
  }
}
