// Docusaurus 3: a plugin that loads the element, and a remark plugin for `::playground{exercise=ttl-cache}`.
//
// The directive becomes the element with statement, picture and expected output inside, which show without scripts.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @type {Record<string, {title: string, html: string}>} */
const fragments = JSON.parse(readFileSync(new URL('../fragments.json', import.meta.url), 'utf8'));

export default function asyncPlayground() {
  return {
    name: 'async-playground',
    getClientModules: () => [fileURLToPath(new URL('client.js', import.meta.url))],
  };
}

/** The remark plugin. */
export function playground() {
  return (/** @type {any} */ tree, /** @type {any} */ file) => replace(tree, file);
}

/**
 * @param {any} parent
 * @param {any} file reports what is wrong, with its line
 */
function replace(parent, file) {
  parent.children?.forEach((/** @type {any} */ node, /** @type {number} */ at) => {
    if (node.type !== 'leafDirective' || node.name !== 'playground') return replace(node, file);
    const fragment = fragments[node.attributes?.exercise ?? ''];
    if (fragment === undefined) file.fail(`exercise must be one of ${Object.keys(fragments).join(', ')}`, node);
    else parent.children[at] = element(node.attributes, fragment.html);
  });
}

/**
 * @param {Record<string, string>} attributes
 * @param {string} html
 */
function element(attributes, html) {
  const named = Object.entries(attributes).map(([name, value]) => ({ type: 'mdxJsxAttribute', name, value }));
  const key = { type: 'Identifier', name: '__html' };
  const property = { type: 'Property', key, value: { type: 'Literal', value: html }, kind: 'init', method: false, shorthand: false, computed: false };
  const expression = { type: 'ObjectExpression', properties: [property] };
  const estree = { type: 'Program', sourceType: 'module', comments: [], body: [{ type: 'ExpressionStatement', expression }] };
  const inside = { type: 'mdxJsxAttribute', name: 'dangerouslySetInnerHTML', value: { type: 'mdxJsxAttributeValueExpression', value: '', data: { estree } } };
  const still = { type: 'mdxJsxAttribute', name: 'suppressHydrationWarning', value: 'true' };
  return { type: 'mdxJsxFlowElement', name: 'async-playground', attributes: [...named, inside, still], children: [] };
}
