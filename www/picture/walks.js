// Requests that walk through stages: each as a dot with a line down to where it gets, and along where it waits.

import { described, fits } from '../run/described.js';
import { colourOf } from './chips.js';
import { near, node } from './nodes.js';
import { writeName } from './rows.js';
import { box, ring, tip } from './shapes.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 * @typedef {import('../run/recording.js').Task} Task
 */

/** Requests of one moment stand so far apart, in pixels, where there is room. */
const APART = 24;
/** Dots that are nearer have no numbers. */
const LEAST = 15;

/**
 * @param {Layers} layers
 * @param {Row[]} rows all of the picture that are in sight
 * @param {View} view
 */
export function drawWalks(layers, rows, view) {
  const { recording, cursor, scale, left } = view;
  const { walk } = described(recording);
  const start = rows.find(({ kind }) => kind === 'walk');
  if (walk === undefined || start === undefined) return;
  writeName(layers, 'walk', start, start.name, view);
  const stages = new Map(rows.flatMap((row) => (row.kind === 'stage' || (row.kind === 'resource' && walk.stages.includes(row.name)) ? [[row.name, row]] : [])));
  for (const row of stages.values()) {
    if (row.kind !== 'stage') continue;
    layers.back.push(node(`stage ${row.name}`, 'rect', { class: 'stripe', x: left, y: near(row.y + 2), width: near(scale.width), height: near(Math.max(row.height - 4, 1)), rx: 4 }));
    writeName(layers, `stage ${row.name}`, row, row.name, view, { looks: 'name strong' });
  }
  const walkers = recording.tasks.flatMap((task) => (fits(walk.tasks, task.name) ? [walkerOf(task, view, walk.number)] : [])).filter((walker) => walker !== null);
  /** @type {Map<number, number>} */
  const beside = new Map();
  /** How many come at a moment. @type {Map<number, number>} */
  const counts = new Map();
  for (const { at } of walkers) counts.set(at, (counts.get(at) ?? 0) + 1);
  for (const { task, seq, at, number } of walkers) {
    if (seq >= cursor || at < scale.from || at > scale.to) continue;
    const place = beside.get(at) ?? 0;
    beside.set(at, place + 1);
    const apart = Math.min(APART, Math.max((scale.width * 0.55) / (counts.get(at) ?? 1), 7));
    const radius = Math.min(9, apart / 2 - 1, start.height * 0.36);
    const x = Math.min(left + scale.x(at) + 12 + place * apart, left + scale.width - 8);
    const looks = `id-${colourOf(recording, walk.number, number)}`;
    drawWay(layers, { task, x, y: start.y + start.height / 2, radius, looks }, stages, walk, view);
    const wrong = view.broken.has(task.marks[0] ?? -1) ? ' wrong' : '';
    layers.links.push(node(`walker ${task.id}`, 'path', { class: `walker ${looks}${wrong}`, d: pill(x, start.y + start.height / 2, Math.max(radius, 2), view.words && apart >= LEAST ? number.length : 1) }));
    if (view.words && apart >= LEAST) layers.words.push(node(`walker ${task.id}`, 'text', { class: `on-chip ${looks}`, x: near(x), y: near(start.y + start.height / 2 + 4.5), 'text-anchor': 'middle' }, number));
  }
}

/**
 * A dot that is as wide as its number.
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @param {number} digits
 */
function pill(x, y, r, digits) {
  const half = Math.max(r, digits * 4.5 + 2);
  return digits <= 2 ? ring(x, y, r) : box(x - half, x + half, y - r, 2 * r, r);
}

/**
 * @param {Task} task
 * @param {View} view
 * @param {string} number the result that numbers it
 */
function walkerOf(task, { recording }, number) {
  for (const seq of task.results) {
    const event = recording.events[seq];
    if (event?.kind === 'result' && event.of === number) return { task, seq, at: event.at, number: String(event.value) };
  }
  return null;
}

/**
 * @param {Layers} layers
 * @param {{task: Task, x: number, y: number, radius: number, looks: string}} walker
 * @param {Map<string, Row>} stages
 * @param {import('../api/brief.js').PictureInfo['walk'] & {}} walk
 * @param {View} view
 */
function drawWay({ links, marks }, { task, x: start, y: top, radius, looks }, stages, walk, view) {
  const { cursor, now, scale, left } = view;
  let [x, y] = [start, top];
  let [way, passed, stops, heads] = [`M${near(x)} ${near(top + radius)}`, '', '', ''];
  for (const use of task.uses) {
    if (use.seq >= cursor) break;
    const row = stages.get(use.of);
    if (row === undefined) continue;
    const last = row.kind === 'resource';
    // What began later is further to the right.
    const from = Math.max(x, left + Math.min(scale.x(use.from), scale.width));
    if (from > x + 0.5) way += `H${near(from)}`;
    x = from;
    y = last ? row.y - 1 : row.y + row.height / 2;
    way += `V${near(last ? y - 5 : y)}`;
    if (last) {
      heads += tip(x, y + 1, 1);
      continue;
    }
    const stop = walk.stops.find(({ label }) => label === use.label);
    if (stop !== undefined) {
      stops += stop.look === 'cross' ? `M${near(x - 4)} ${near(y - 4)}l8 8m0 -8l-8 8` : ring(x, y, 3.5);
      continue;
    }
    passed += ring(x, y, 2);
    const until = left + Math.min(scale.x(use.ended < cursor ? use.to : now), scale.width);
    if (until > x + 1) way += `H${near((x = until))}`;
  }
  links.push(node(`way ${task.id}`, 'path', { class: `walk ${looks}`, d: way }));
  if (heads !== '') links.push(node(`way ${task.id} head`, 'path', { class: `walk-tip ${looks}`, d: heads }));
  if (passed !== '') marks.push(node(`way ${task.id} passed`, 'path', { class: `walk-tip ${looks}`, d: passed }));
  if (stops !== '') links.push(node(`way ${task.id} stop`, 'path', { class: `walk-stop ${looks}`, d: stops }));
}
