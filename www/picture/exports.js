// What can be taken away: the timeline as an SVG file, the trace as JSON, the output as text.

/** Properties that a style sheet gives and a file must carry itself. */
const CARRIED = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'opacity',
  'font-size',
  'font-weight',
];

/**
 * Several drawings under each other as one file, with the looks they have on the page.
 * @param {SVGSVGElement[]} drawings
 * @param {string} title
 * @param {string} ground the colour behind them
 */
export function asFile(drawings, title, ground) {
  const width = Math.max(...drawings.map((drawing) => Number(drawing.getAttribute('width'))));
  let y = 0;
  const parts = drawings.map((drawing) => {
    const part = `<svg y="${y}" width="${width}" height="${drawing.getAttribute('height')}">${inner(drawing)}</svg>`;
    y += Number(drawing.getAttribute('height'));
    return part;
  });
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" font-family="system-ui, sans-serif">`;
  return `${head}<title>${escaped(title)}</title><rect width="100%" height="100%" fill="${ground}"/>${parts.join('')}</svg>\n`;
}

/** @param {SVGSVGElement} drawing */
function inner(drawing) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const originals = drawing.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((node, index) => {
    const original = originals[index];
    if (original === undefined || node.localName === 'g') return;
    const style = getComputedStyle(original);
    for (const name of CARRIED) node.setAttribute(name, style.getPropertyValue(name));
    node.removeAttribute('class');
  });
  return new XMLSerializer().serializeToString(copy).replace(/^<svg[^>]*>|<\/svg>$/g, '');
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
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
  // The browser has its own hold on the file by then.
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
