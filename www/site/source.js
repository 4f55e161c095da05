// Marks a line in the sources of a page, or around a bench, and has the sources come that are on another page.

/** For a section of sources the page with its others, once that has been asked for. @type {WeakMap<Element, Promise<ParentNode>>} */
const asked = new WeakMap();
/** Of several choices in a row the last one counts. */
let last = 0;

/**
 * Marks one line and no other.
 * @param {string} file a name without directories; none is marked for an empty one
 * @param {number} line from 1
 * @param {boolean} reveal whether the page goes there too
 */
export async function markSource(file, line, reveal) {
  last += 1;
  const choice = last;
  if (file !== '' && panelOf(file) === null) await others();
  if (choice !== last) return;
  markLine(document, panelOf(file), line, reveal);
}

/**
 * Marks a line in one of some panels; says whether it is there.
 * @param {ParentNode} around all the panels, of whose lines no other stays marked
 * @param {Element | null} panel
 * @param {number} line
 * @param {boolean} reveal
 */
export function markLine(around, panel, line, reveal) {
  for (const marked of around.querySelectorAll('.line[data-marked]')) marked.removeAttribute('data-marked');
  const found = panel?.querySelectorAll('.line')[line - 1];
  const pane = panel?.querySelector('pre');
  if (!panel || !found || !pane) return false;
  found.setAttribute('data-marked', '');
  if (!reveal) return true;
  panel.setAttribute('open', '');
  pane.scrollTop += found.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
  pane.scrollIntoView({ block: 'nearest' });
  pane.focus({ preventScroll: true });
  return true;
}

/** @param {string} file */
function panelOf(file) {
  if (file === '') return null;
  const panels = [...document.querySelectorAll('.sources details')];
  return panels.find((panel) => panel.querySelector('summary')?.textContent?.endsWith(`/${file}`)) ?? null;
}

/** Brings the sources of the page with the mistakes to this one, closed, below its own. */
async function others() {
  const section = document.querySelector('.sources');
  const path = section?.getAttribute('data-more');
  if (!section || !path) return;
  const coming = asked.get(section) ?? page(path);
  asked.set(section, coming);
  const found = await coming.catch(() => null);
  // A failed load is not remembered: the network may be back.
  if (found === null) asked.delete(section);
  if (found === null || section.hasAttribute('data-complete')) return;
  section.setAttribute('data-complete', '');
  for (const panel of found.querySelectorAll('.sources details')) {
    const copy = document.importNode(panel, true);
    copy.removeAttribute('open');
    section.querySelector('.more')?.before(copy);
  }
}

/**
 * Another page of the site; where all of it is one file, its pages are templates.
 * @param {string} path from the site's root
 * @returns {Promise<ParentNode>}
 */
async function page(path) {
  const inside = /** @type {HTMLTemplateElement | null} */ (document.querySelector(`template[data-path="${path}"]`));
  if (inside !== null) return inside.content;
  const response = await fetch(new URL(`../${path}`, document.baseURI));
  if (!response.ok) throw new Error(`status ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), 'text/html');
}
