// Docusaurus 3: a remark plugin for `::playground{exercise=ttl-cache}`.
//
// The directive becomes the element with statement, picture and expected output inside, which show without scripts. A page with
// one imports the element.

import { fragment } from '../fragment/server.js';

export default function playground() {
  return (/** @type {any} */ tree, /** @type {any} */ file) => {
    if (!replace(tree, file)) return;
    const source = { type: 'Literal', value: 'async-playground/docusaurus/client' };
    tree.children.unshift({ type: 'mdxjsEsm', value: '', data: script({ type: 'ImportDeclaration', specifiers: [], attributes: [], source }) });
  };
}

/**
 * @param {any} parent
 * @param {any} file reports what is wrong, with its line
 * @returns {boolean} whether there was a directive
 */
function replace(parent, file) {
  let found = false;
  parent.children?.forEach((/** @type {any} */ node, /** @type {number} */ at) => {
    const is = node.type === 'leafDirective' && node.name === 'playground';
    if (is) parent.children[at] = element(node, file);
    found = is || replace(node, file) || found;
  });
  return found;
}

/**
 * @param {any} directive
 * @param {any} file
 */
function element(directive, file) {
  const named = Object.entries(directive.attributes).map(([name, value]) => ({ type: 'mdxJsxAttribute', name, value }));
  const key = { type: 'Identifier', name: '__html' };
  const value = { type: 'Literal', value: html(directive, file) };
  const property = { type: 'Property', key, value, kind: 'init', method: false, shorthand: false, computed: false };
  const data = script({ type: 'ExpressionStatement', expression: { type: 'ObjectExpression', properties: [property] } });
  const inside = { type: 'mdxJsxAttribute', name: 'dangerouslySetInnerHTML', value: { type: 'mdxJsxAttributeValueExpression', value: '', data } };
  const still = { type: 'mdxJsxAttribute', name: 'suppressHydrationWarning', value: 'true' };
  return { type: 'mdxJsxFlowElement', name: 'async-playground', attributes: [...named, inside, still], children: [] };
}

/**
 * @param {any} directive
 * @param {any} file
 */
function html(directive, file) {
  try {
    return fragment(directive.attributes.exercise);
  } catch (error) {
    return file.fail(error, directive);
  }
}

/** @param {object} statement */
const script = (statement) => ({ estree: { type: 'Program', sourceType: 'module', comments: [], body: [statement] } });
