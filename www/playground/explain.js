// Says why something did not load; where a deploy has replaced the files of an open page, it offers to reload.

import { PlaygroundError } from '../api/errors.js';
import { h } from '../dom.js';
import { errorText } from '../run/status.js';

/**
 * @param {HTMLElement} place shows it
 * @param {unknown} error
 * @param {string} [before] a text before that of the error
 */
export async function explain(place, error, before = '') {
  place.hidden = false;
  const text = `${before}${errorText(error)}`;
  place.textContent = text;
  // A failed `import` is a TypeError with words of the browser.
  const loading = error instanceof TypeError || (error instanceof PlaygroundError ? error.code === 'load' : error instanceof Error);
  if (!loading || !(await replaced()) || place.textContent !== text) return;
  const reload = h('button', { type: 'button', class: 'small' }, 'Reload the page');
  reload.addEventListener('click', () => location.reload());
  place.replaceChildren('The playground was updated after you opened this page. ', reload);
}

/** Whether the server does not have this script any more. */
async function replaced() {
  try {
    const { status, headers } = await fetch(import.meta.url, { method: 'HEAD', cache: 'no-store' });
    return status === 404 || status === 410 || (headers.get('content-type') ?? '').startsWith('text/html');
  } catch {
    // Nothing is known without a connection, nor where scripts are not files of a server.
    return false;
  }
}
