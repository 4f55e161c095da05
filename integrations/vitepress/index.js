// VitePress: a plugin for markdown-it. A page with `<async-playground>` imports the Vue component under that name.

import { fragment } from '../fragment/server.js';

const TAG = /<async-playground\b(?:[^>]*?\sexercise="([^"]*)")?/g;
const IMPORT = "import { Playground as AsyncPlayground } from 'async-playground/vue';";

/** @param {any} md */
export default function playground(md) {
  const render = md.renderer.render;
  md.renderer.render = (/** @type {any[]} */ tokens, /** @type {object} */ options, /** @type {any} */ page) => {
    const html = render.call(md.renderer, tokens, options, page);
    const tags = [...html.matchAll(TAG)];
    // Vue only logs what a component throws in a server render, so a wrong name is refused here.
    for (const [, exercise] of tags) if (exercise !== undefined) fragment(exercise);
    if (tags.length > 0) addImport(page.sfcBlocks);
    return html;
  };
}

/** @param {any} blocks those of a Vue file, which VitePress has taken out of the page */
function addImport({ script, scriptSetup, scripts }) {
  if (scriptSetup) {
    scriptSetup.content = scriptSetup.content.replace(scriptSetup.tagOpen, () => scriptSetup.tagOpen + IMPORT);
  } else {
    // Both scripts of a page must be in the same language.
    const tag = (script?.tagOpen ?? '<script>').replace('<script', '<script setup');
    scripts.push({ content: `${tag}${IMPORT}</script>` });
  }
}
