// Tables of facts, beside a picture.

import { h } from '../dom.js';

/**
 * @param {import('../picture/tables.js').Table} table
 */
export function factsTable({ caption, heads, rows }) {
  return h(
    'table',
    { class: 'facts' },
    h('caption', {}, caption),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, ...rows.map(([first = '', ...cells]) => h('tr', {}, h('th', { scope: 'row' }, first), ...cells.map((cell) => h('td', {}, cell))))),
  );
}
