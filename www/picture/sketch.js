// SVG nodes by key: each frame says what is to be there, and only what differs is touched.

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** @typedef {Record<string, string | number>} Attributes */

export class Sketch {
  /** The group that holds the nodes. */
  node = document.createElementNS(NAMESPACE, 'g');
  /** @type {Map<string, {node: SVGElement, shown: string}>} */
  #nodes = new Map();
  /** @type {Set<string>} */
  #used = new Set();

  /**
   * @param {string} key
   * @param {string} tag
   * @param {Attributes} attributes always the same names for a key
   * @param {string} [text]
   */
  put(key, tag, attributes, text = '') {
    this.#used.add(key);
    const shown = `${Object.values(attributes).join('|')}|${text}`;
    const known = this.#nodes.get(key);
    if (known?.shown === shown) return;
    const node = known?.node ?? svg(tag, {});
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
    if (tag === 'text' && node.textContent !== text) node.textContent = text;
    this.#nodes.set(key, { node, shown });
  }

  /** Ends a frame: what it has not named is gone, the rest stands in the order in which it was named. */
  finish() {
    for (const [key, { node }] of this.#nodes) {
      if (this.#used.has(key)) continue;
      node.remove();
      this.#nodes.delete(key);
    }
    let place = this.node.firstChild;
    for (const key of this.#used) {
      const node = this.#nodes.get(key)?.node ?? null;
      if (node === place) place = node?.nextSibling ?? null;
      else if (node !== null) this.node.insertBefore(node, place);
    }
    this.#used.clear();
  }
}

/**
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {...Node} children
 */
export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * A number for a path: a tenth of a pixel is near enough.
 * @param {number} value
 */
export function near(value) {
  return Math.round(value * 10) / 10;
}
