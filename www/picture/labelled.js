// The picture of a small run with numbers on it, and what each number stands for: for those who learn to read pictures.
//
// The run is one of two tasks that share one resource, so that it has one of everything.

import { layout } from './layout.js';
import { near, node } from './nodes.js';
import { RIGHT, framed, viewOf } from './still.js';
import { AXIS } from './draw.js';

/** The radius of a number's disc, in pixels. */
const DISC = 10;

/** What the numbers stand for, in their order. */
export const LABELS = [
  'A resource that tasks share: each has a row.',
  'A solid bar is work: a task holds the resource.',
  'An arrow says who was given it, and by whom.',
  'A task: each has a row, in the order in which they began.',
  'A light outline is waiting.',
  'The moment that is shown. Drag it, or step from event to event.',
];

/**
 * @param {import('../run/recording.js').Recording} recording of the small run
 * @param {{width: number, title: string}} options `title` says in words what it shows
 * @returns {import('./nodes.js').Node}
 */
export function labelled(recording, { width, title }) {
  const { rows, height, left } = layout(recording, { gauges: false, width });
  const now = recording.end * 0.8;
  const view = { ...viewOf(recording, { width, left, right: RIGHT, words: true }), cursor: recording.cursorAt(now), now };
  const picture = framed(rows, height, view, title, true);
  const resource = rows.find(({ kind }) => kind === 'resource');
  const [first, second] = rows.filter((row) => row.kind === 'lane' && row.looks === 'bars');
  if (resource === undefined || first === undefined || second === undefined || typeof picture.content === 'string') return picture;
  const middle = (/** @type {import('./rows.js').Row} */ { y, height }) => y + height / 2;
  const at = (/** @type {number} */ share) => left + view.scale.x(recording.end * share);
  /** @type {[x: number, y: number][]} */
  const places = [
    [left - DISC - 4, middle(resource)],
    [at(0.25), resource.y + resource.height + DISC + 3],
    [at(0.5) + DISC + 8, (resource.y + resource.height + first.y) / 2 + 4],
    [left - DISC - 4, middle(first)],
    [left - 6, middle(second)],
    [at(0.8), height - DISC],
  ];
  const numbers = places.flatMap(([x, y], place) => [
    node(`disc ${place}`, 'circle', { class: 'disc', cx: near(x), cy: near(y + AXIS), r: DISC }),
    node(`number ${place}`, 'text', { class: 'on-disc', x: near(x), y: near(y + AXIS + 4.5), 'text-anchor': 'middle' }, String(place + 1)),
  ]);
  return { ...picture, content: [...picture.content, node('numbers', 'g', {}, numbers)] };
}
