// Draws a picture's nodes as elements. Each frame says what is to be there, and only what differs is touched.

/** @typedef {import('../picture/nodes.js').Node} Node */

const NAMESPACE = 'http://www.w3.org/2000/svg';
/** The node that each element shows. @type {WeakMap<Element, Node>} */
const shown = new WeakMap();

/**
 * Makes the children of an element those of a picture, in their order.
 * @param {Element} parent
 * @param {Node[]} nodes
 */
export function render(parent, nodes) {
  /** @type {Map<string, Element>} */
  const left = new Map();
  for (const child of parent.children) left.set(shown.get(child)?.key ?? '', child);
  let place = parent.firstElementChild;
  for (const node of nodes) {
    const known = left.get(node.key);
    const element = known?.localName === node.tag ? known : document.createElementNS(NAMESPACE, node.tag);
    if (element === known) left.delete(node.key);
    update(element, node);
    if (element === place) place = element.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const element of left.values()) element.remove();
}

/**
 * @param {Element} element
 * @param {Node} node
 */
function update(element, node) {
  const before = shown.get(element);
  for (const [name, value] of Object.entries(node.attributes)) {
    if (before?.attributes[name] !== value) element.setAttribute(name, String(value));
  }
  for (const name of Object.keys(before?.attributes ?? {})) {
    if (!(name in node.attributes)) element.removeAttribute(name);
  }
  if (typeof node.content !== 'string') render(element, node.content);
  else if (before?.content !== node.content) element.textContent = node.content;
  shown.set(element, node);
}

/**
 * An element of its own.
 * @param {Node} node
 * @returns {SVGElement}
 */
export function svg(node) {
  const element = document.createElementNS(NAMESPACE, node.tag);
  update(element, node);
  return element;
}
