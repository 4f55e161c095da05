// Files of a run: the picture as SVG, the trace as JSON, the output as text.

import { node } from '../picture/nodes.js';
import { svg } from './svg.js';

/** The properties that style sheets set, which a file must hold itself. */
const CARRIED = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'paint-order',
  'font-size',
  'font-weight',
];

/**
 * A picture as a file, with the looks it has on the page.
 * @param {SVGElement} drawing where its styles apply
 * @param {string} ground the colour behind it
 */
export function asFile(drawing, ground) {
  const copy = /** @type {SVGElement} */ (drawing.cloneNode(true));
  const originals = drawing.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((node, index) => {
    const original = originals[index];
    if (original === undefined || node.localName === 'g' || node.localName === 'title') return;
    const style = getComputedStyle(original);
    for (const name of CARRIED) node.setAttribute(name, style.getPropertyValue(name));
    node.removeAttribute('class');
  });
  copy.removeAttribute('class');
  copy.setAttribute('font-family', 'system-ui, sans-serif');
  copy.querySelector('title')?.after(svg(node('ground', 'rect', { width: '100%', height: '100%', fill: ground })));
  return `${new XMLSerializer().serializeToString(copy)}\n`;
}

/**
 * Hands a file to the reader.
 * @param {string} name
 * @param {string} type
 * @param {string[]} parts
 */
export function download(name, type, parts) {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  [link.href, link.download] = [address, name];
  link.click();
  // By then the browser has read the file.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/**
 * A trace as JSON, an event a line; in parts, since one string of it all might be too long.
 * @param {object} head
 * @param {import('../api/playground.js').Event[]} events
 */
export function traceParts(head, events) {
  const parts = [`{"run": ${JSON.stringify(head)},\n"events": [\n`];
  events.forEach((event, index) => parts.push(`${JSON.stringify(event)}${index + 1 < events.length ? ',' : ''}\n`));
  parts.push(']}\n');
  return parts;
}
