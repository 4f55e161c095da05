// Marks a line in the sources that a page shows.

/**
 * Marks one line and no other; says whether it is there.
 * @param {string} file a name without directories
 * @param {number} line from 1
 * @param {boolean} reveal whether the page goes there too
 */
export function markSource(file, line, reveal) {
  for (const marked of document.querySelectorAll('.sources .line[data-marked]')) marked.removeAttribute('data-marked');
  if (file === '') return false;
  for (const panel of document.querySelectorAll('.sources details')) {
    if (!panel.querySelector('summary')?.textContent?.endsWith(`/${file}`)) continue;
    const found = /** @type {HTMLElement | null} */ (panel.querySelector(`.line[data-line="${line}"]`));
    const pane = /** @type {HTMLElement | null} */ (panel.querySelector('pre'));
    if (found === null || pane === null) return false;
    found.setAttribute('data-marked', '');
    if (!reveal) return true;
    panel.setAttribute('open', '');
    pane.scrollTop += found.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
    pane.scrollIntoView({ block: 'nearest' });
    pane.focus({ preventScroll: true });
    return true;
  }
  return false;
}
