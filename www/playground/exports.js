// Files of a run: the picture as SVG, the trace as JSON, the output as text.

import { node } from '../picture/nodes.js';
import { h } from '../dom.js';
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
 * Offers to copy a file, since a frame may be forbidden to save it and cannot find out.
 * @param {HTMLElement} place
 * @param {string[]} parts of the file
 */
export function offerCopy(place, parts) {
  const said = h('span', { role: 'status' }, 'No file? The page around may forbid its frames to save. ');
  const copy = h('button', { type: 'button', class: 'small' }, 'Copy instead');
  const offer = h('span', { class: 'instead' }, said, copy);
  copy.addEventListener('click', async () => {
    const text = parts.join('');
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = 'Copied.';
      copy.remove();
    } catch {
      const field = h('textarea', { readOnly: true, rows: 4, value: text, 'aria-label': 'The file' });
      copy.replaceWith(field);
      said.textContent = 'Selected. Copy it with Ctrl+C.';
      field.focus();
      field.select();
    }
  });
  place.querySelector('.instead')?.remove();
  place.append(offer);
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
