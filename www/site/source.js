// Marks a source line on a page, or beside a playground, loads the sources that are on another page, and copies sources.

/** The page with the other sources, by the section that asked for it. @type {WeakMap<Element, Promise<ParentNode>>} */
const asked = new WeakMap();
/** The number of the last call: an earlier one that is still loading marks nothing. */
let last = 0;

/**
 * Marks one line and removes every other mark.
 * @param {string} file its name without directories; if empty, no line is marked
 * @param {number} line from 1
 * @param {boolean} reveal whether to scroll to it
 */
export async function markSource(file, line, reveal) {
  last += 1;
  const choice = last;
  if (file !== '' && panelOf(file) === null) await others();
  if (choice !== last) return;
  markLine(document, panelOf(file), line, reveal);
}

/**
 * Marks a line of a panel. Returns whether the line exists.
 * @param {ParentNode} around holds all panels; marks on their lines are removed
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

/**
 * Copies the source beside a button.
 * @param {Element} button
 */
export async function copySource(button) {
  const source = button.parentElement?.querySelector('pre');
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    button.textContent = 'Copied';
  } catch {
    // There is no clipboard on a page that came without encryption: the reader copies what is selected.
    getSelection()?.selectAllChildren(source);
    button.textContent = 'Selected: press Ctrl+C';
  }
}

/** @param {string} file */
function panelOf(file) {
  if (file === '') return null;
  const panels = [...document.querySelectorAll('.sources details')];
  return panels.find((panel) => panel.querySelector('summary')?.textContent?.endsWith(`/${file}`)) ?? null;
}

/** Adds the sources of the mistakes page below the page's own, closed. */
async function others() {
  const section = document.querySelector('.sources');
  const path = section?.getAttribute('data-more');
  if (!section || !path) return;
  const coming = asked.get(section) ?? page(path);
  asked.set(section, coming);
  const found = await coming.catch(() => null);
  // A failed load may be tried again.
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
 * Loads another page of the site. In the one-file site the pages are templates.
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
