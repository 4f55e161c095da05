// The one file: every page of the site is a template in it, and what stands after the # says which is shown.

import '../www/api/playground.js';
import '../www/site/catalogue.js';
import '../www/site/site.js';

const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const pages = new Map([...document.querySelectorAll('template')].map((page) => [page.dataset.path, page]));

/** @param {HTMLTemplateElement} page */
function show(page) {
  main.replaceChildren(document.importNode(page.content, true));
  document.title = page.dataset.title ?? '';
  // Links are those of the site: relative to the directory of their page.
  const base = new URL(page.dataset.path ?? '', 'http://site/');
  for (const link of main.querySelectorAll('a')) {
    const target = new URL(link.getAttribute('href') ?? '', base);
    if (target.origin === base.origin) link.setAttribute('href', `#${target.pathname}`);
  }
  // The address names the page here, so the playground leaves it alone.
  main.querySelector('async-playground')?.removeAttribute('primary');
  scrollTo(0, 0);
}

/** The page that the address names; a fragment of another form is a place on the page that is shown. */
function named() {
  const path = location.hash === '' ? '/' : location.hash.slice(1);
  return path.startsWith('/') ? pages.get(path.slice(1)) : undefined;
}

show(named() ?? /** @type {HTMLTemplateElement} */ (pages.get('')));
addEventListener('hashchange', () => {
  const page = named();
  if (page === undefined) return;
  show(page);
  main.focus();
});
