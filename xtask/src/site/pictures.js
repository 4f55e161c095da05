// Draws runs for the build, with the module that draws them on the page.
//
// Reads a job from the standard input, `{"kind": "card" | "pale" | "tree" | "still" | "file", "width", "runs": [{"name", "title",
// "about", "settings", "events", "report"}]}`, in which the width may be missing, and writes the pictures as SVG to the standard output, `{"name": "<svg ..."}`.

import { readFileSync } from 'node:fs';

import { file, node, text } from '../../../www/picture/nodes.js';
import { card, palePicture, picture } from '../../../www/picture/still.js';
import { Recording } from '../../../www/run/recording.js';

const CARD = { width: 300, height: 84 };
const WIDTH = 820;
/** On a page before the first run; a narrower one shows its left part. */
const PALE = 620;

const { kind, width = WIDTH, runs } = JSON.parse(readFileSync(0, 'utf8'));
/** @type {Record<string, string>} */
const drawn = {};
for (const { name, title, about, settings, events, report } of runs) {
  const recording = Recording.of(events, about, settings);
  recording.report = report;
  if (kind === 'card') drawn[name] = text(card(recording, CARD));
  else if (kind === 'pale') drawn[name] = text(palePicture(recording, { width: PALE, title }));
  else if (kind === 'tree') drawn[name] = JSON.stringify(palePicture(recording, { width: PALE, title }));
  else if (kind === 'still') drawn[name] = text(picture(recording, { width, title }));
  else drawn[name] = file(selfContained(picture(recording, { width, title })));
}
process.stdout.write(JSON.stringify(drawn));

/**
 * A picture with its own styles and ground, light or dark as the reader's system is.
 * @param {import('../../../www/picture/nodes.js').Node} picture
 * @returns {import('../../../www/picture/nodes.js').Node}
 */
function selfContained(picture) {
  const ground = node('ground', 'rect', { width: '100%', height: '100%', rx: 8, fill: 'var(--surface)' });
  const [title, ...rest] = Array.isArray(picture.content) ? picture.content : [];
  if (title === undefined) return picture;
  return { ...picture, content: [title, node('style', 'style', {}, styles()), ground, ...rest] };
}

/** The page's own style sheet of pictures, and those of its tokens that it uses, for both sides. */
function styles() {
  const read = (/** @type {string} */ name) => readFileSync(new URL(`../../../www/style/${name}.css`, import.meta.url), 'utf8');
  const sheet = read('picture').replace(/\/\*.*?\*\//gs, '').replace(/\s+/g, ' ').trim();
  const used = new Set([...sheet.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name));
  const tokens = [...read('tokens').matchAll(/(--[\w-]+): (.+);/g)].filter(([, name]) => used.has(name));
  const side = (/** @type {number} */ place) =>
    tokens.map(([, name, value = '']) => `${name}: ${/^light-dark\((.+), (.+)\)$/.exec(value)?.[place] ?? value};`).join(' ');
  return `.picture { ${side(1)} } @media (prefers-color-scheme: dark) { .picture { ${side(2)} } } ${sheet}`;
}
