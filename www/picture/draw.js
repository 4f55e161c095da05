// Draws a picture: an axis, and below it the rows that are in sight, at a cursor. Pure functions from a view to nodes.

import { drawBand, drawInterferences } from './bands.js';
import { drawGauge, drawStrip } from './gauges.js';
import { drawFlags, drawLane } from './lanes.js';
import { isIn, rowsBetween } from './layout.js';
import { drawLinks } from './links.js';
import { drawNest } from './nest-rows.js';
import { near, node } from './nodes.js';
import { drawAnswerRow, drawRule, drawTotals } from './notes.js';
import { drawResource } from './resource-rows.js';
import { writeName } from './rows.js';
import { ring } from './shapes.js';
import { drawWalks } from './walks.js';

/**
 * @typedef {import('./nodes.js').Node} Node
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 */

/** The height of the axis, in pixels. */
export const AXIS = 28;

/**
 * The axis.
 * @param {View} view
 * @param {boolean} [head] whether the play head is drawn
 * @returns {Node[]}
 */
export function axis(view, head = true) {
  const { scale, left, now } = view;
  const nodes = scale.steps(view.recording.axis.steps).map(({ at, label }) => {
    const x = near(left + scale.x(at));
    // The last label would be cut in half.
    const anchor = x > left + scale.width - 8 ? 'end' : 'middle';
    return node(`step ${label}`, 'text', { class: 'step', x: anchor === 'end' ? x + 10 : x, y: 16, 'text-anchor': anchor }, label);
  });
  nodes.push(node('unit', 'text', { class: 'step', x: 4, y: 16 }, view.recording.axis.steps ? 'step' : 'ms'));
  const x = scale.x(now);
  if (head && inView(x, scale.width)) {
    nodes.push(node('head', 'path', { class: 'head', d: `M${near(left + x - 4.5)} ${AXIS - 8}h9l-4.5 8z` }));
  }
  return nodes;
}

/**
 * The rows between two heights, in layers from the back to the front.
 * @param {Row[]} rows all of them
 * @param {View} view
 * @param {{top?: number, bottom: number, head?: boolean}} window what is in sight, and whether the play head is drawn
 * @returns {Node[]}
 */
export function sheet(rows, view, { top = 0, bottom, head = true }) {
  const { scale, left, now } = view;
  /** @type {Layers} */
  const layers = { back: [], marks: [], links: [], words: [] };
  const seen = rowsBetween(rows, top, bottom);
  if (view.words) {
    for (const { at, label } of scale.steps(view.recording.axis.steps)) {
      const x = Math.round(left + scale.x(at)) + 0.5;
      layers.back.push(node(`step ${label}`, 'path', { class: 'grid', d: `M${x} ${near(top)}V${near(bottom)}` }));
    }
  }
  for (const row of seen) drawRow(layers, row, view, bottom);
  drawWalks(layers, seen, view);
  if (view.words) {
    drawFlags(layers, seen, view);
    drawLinks(layers, seen, view);
  }
  drawBroken(layers, seen, view);
  const x = scale.x(now);
  if (head && inView(x, scale.width)) {
    layers.words.push(node('head', 'path', { class: 'head-line', d: `M${near(left + x)} ${near(top)}V${near(bottom)}` }));
  }
  return Object.entries(layers).map(([name, nodes]) => node(name, 'g', {}, nodes));
}

/**
 * @param {Layers} layers
 * @param {Row} row
 * @param {View} view
 * @param {number} bottom
 */
function drawRow(layers, row, view, bottom) {
  switch (row.kind) {
    case 'lane':
      return drawLane(layers, row, view);
    case 'nest':
      return drawNest(layers, row, view);
    case 'answers':
      return drawAnswerRow(layers, row, view);
    case 'totals':
      return drawTotals(layers, row, view);
    case 'rule':
      return drawRule(layers, row, view);
    case 'resource':
      return drawResource(layers, row, view);
    case 'band':
      return drawBand(layers, row, view);
    case 'gauge':
      return drawGauge(layers, row, view);
    case 'strip':
      return drawStrip(layers, row, view);
    case 'interference':
      return drawInterferences(layers, row, view, bottom);
    case 'others':
      return writeName(layers, 'others', row, row.name, view);
  }
}

/**
 * Marks where rules were broken, in the rows in which it happened. The bar of a use that broke one is red itself.
 * @param {Layers} layers
 * @param {Row[]} rows
 * @param {View} view
 */
function drawBroken({ links }, rows, { recording, cursor, scale, left, broken }) {
  let d = '';
  for (const seq of broken) {
    const event = recording.events[seq];
    if (event === undefined || event.kind === 'use' || seq >= cursor || event.at < scale.from || event.at > scale.to) continue;
    const row = rows.find((row) => isIn(recording, row, event));
    if (row?.kind === 'gauge' || row?.kind === 'band' || (row?.kind === 'lane' && (row.looks === 'bars' || row.looks === 'rail'))) d += ring(left + scale.x(event.at), row.y + row.height / 2, 7);
  }
  if (d !== '') links.push(node('broken', 'path', { class: 'broken', d }));
}

/**
 * @param {number} x
 * @param {number} width
 */
function inView(x, width) {
  return x >= -0.5 && x <= width + 0.5;
}
