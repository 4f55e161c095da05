// A picture as plain data: a tree of SVG nodes. The page turns it into elements, the build into text.

/**
 * @typedef {object} Node
 * @property {string} key tells it apart from the nodes beside it, from one frame to the next
 * @property {string} tag
 * @property {Record<string, string | number>} attributes
 * @property {Node[] | string} content nodes or text
 */

const NAMESPACE = 'http://www.w3.org/2000/svg';

/**
 * @param {string} key
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {Node[] | string} [content]
 * @returns {Node}
 */
export function node(key, tag, attributes, content = []) {
  return { key, tag, attributes, content };
}

/**
 * A node as SVG text.
 * @param {Node} node
 * @returns {string}
 */
export function text({ tag, attributes, content }) {
  const names = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('"', '&quot;')}"`);
  const inner = typeof content === 'string' ? escaped(content) : content.map(text).join('');
  return inner === '' ? `<${tag}${names.join('')}/>` : `<${tag}${names.join('')}>${inner}</${tag}>`;
}

/**
 * A node as the text of a file of its own.
 * @param {Node} node an `svg`
 */
export function file(node) {
  return `${text({ ...node, attributes: { xmlns: NAMESPACE, ...node.attributes } })}\n`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/**
 * A coordinate: a tenth of a pixel is near enough.
 * @param {number} value
 */
export function near(value) {
  return Math.round(value * 10) / 10;
}
