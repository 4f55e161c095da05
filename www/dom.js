// Builds elements. Text goes in as text, never as markup, so nothing that a run prints can become an element.

/** @typedef {Node | string | null | false} Child */

/**
 * `h('p', { class: 'note', 'aria-live': 'polite' }, 'text')`. A property of the element is set as such, anything
 * else as an attribute; `null` and `false` children are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  // A translator of pages must leave code and output as they are.
  if (tag === 'code' || tag === 'pre') element.setAttribute('translate', 'no');
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name === 'class') element.className = String(value);
    else if (name in element) Reflect.set(element, name, value);
    else element.setAttribute(name, String(value));
  }
  for (const child of children) {
    if (child !== null && child !== false) element.append(child);
  }
  return element;
}

/**
 * A text in which code stands between backticks.
 * @param {string} text
 * @returns {Child[]}
 */
export function coded(text) {
  return text.split('`').map((part, place) => (place % 2 === 1 ? h('code', {}, part) : part));
}

/**
 * Sets the text of a button that may be pressed just then: in WebKit a press is no click where its text was made anew meanwhile.
 * @param {Element} element
 * @param {string} text
 */
export function relabel(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Outlines in a box of 16 by 16, drawn with the colour of the text around them: of what a page begins with. */
const OUTLINES = {
  ready: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z',
  running: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5M8 5v3.2l2.2 1.6',
  passed: 'M3 8.5l3.4 3.5L13 4.5',
  failed: 'M4 4l8 8M12 4l-8 8',
  stopped: 'M4.5 4.5h7v7h-7z',
  missing: 'M3.5 8h9',
  extra: 'M8 3.5v9M3.5 8h9',
  any: 'M3 8h.01M8 8h.01M13 8h.01',
  up: 'M3.5 10l4.5-4.5l4.5 4.5',
  down: 'M3.5 6l4.5 4.5l4.5-4.5',
  reset: 'M3.5 8a4.5 4.5 0 1 0 1.5-3.4M5 1.8v3h3',
};

/** @typedef {keyof typeof OUTLINES} IconName */

/** @param {IconName} name */
export function icon(name) {
  return drawing(OUTLINES[name]);
}

/**
 * An icon that assistive technology passes over: the words beside it say the same.
 * @param {string} outline
 */
export function drawing(outline) {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', outline);
  svg.append(path);
  return svg;
}

/**
 * Fires an event that bubbles, also across the shadow roots around the element.
 * @param {Element} element
 * @param {string} name
 * @param {object} detail
 */
export function fire(element, name, detail) {
  element.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
}

/**
 * Does work when an element has left the page, and not when it has been moved within one task.
 * @param {Element} element that has been disconnected
 * @param {() => void} work
 */
export function unlessMoved(element, work) {
  queueMicrotask(() => {
    if (!element.isConnected) work();
  });
}

/** What elements extend; where there is no document the module still loads. */
export const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/**
 * Defines a custom element, once: two copies of the module may meet on a page.
 * @param {string} name
 * @param {CustomElementConstructor} element
 */
export function define(name, element) {
  const registry = globalThis.customElements;
  if (registry !== undefined && registry.get(name) === undefined) registry.define(name, element);
}
