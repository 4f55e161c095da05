// The styles of the bench, as sheets that every shadow root on the page adopts.
//
// They are fetched as the .css files they are and built with the constructor: a strict policy forbids inline styles,
// and a link inside each root would flash, and would need a style source of its own on somebody else's page.

/** @type {Promise<CSSStyleSheet[]> | null} */
let sheets = null;

/** The sheets, fetched once; without them (a host that blocks them) the bench works unstyled. */
export function benchSheets() {
  sheets ??= Promise.all([
    sheet(new URL('../style/tokens.css', import.meta.url)),
    sheet(new URL('../style/bench.css', import.meta.url)),
    sheet(new URL('../style/controls.css', import.meta.url)),
  ]);
  return sheets;
}

/** A sheet, empty where it is not to be had; then the next bench asks again.
 * @param {URL} address
 */
export async function sheet(address) {
  const made = new CSSStyleSheet();
  try {
    const response = await fetch(address);
    if (response.ok) await made.replace(await response.text());
  } catch {
    sheets = null;
  }
  return made;
}
