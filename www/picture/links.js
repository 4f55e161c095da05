// Arrows between rows: from a task that has waited to the resource it is given, from a task to the resource it begins
// to use, and from a task or a resource to those who waited for it.

import { firstPlace, isGiven } from '../run/recording.js';
import { walk } from '../run/spans.js';
import { slotBox } from './layout.js';
import { near, node } from './nodes.js';
import { isBroken } from './notes.js';
import { usesInSight } from './resource-rows.js';
import { ring, tip } from './shapes.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 * @typedef {import('../run/resources.js').Use} Use
 * @typedef {{lanes: Map<number, Row & {kind: 'lane'}>, resources: Map<string, Row & {kind: 'resource'}>, gaps: Gap[]}} Places
 * @typedef {[top: number, bottom: number]} Gap a part of the height that arrows leave out, since there are words
 */

/** More arrows than this hide more than they show. */
const MOST = 400;
/** Arrows that come to one place at one moment stand so far apart, in pixels. */
const APART = 6;

/**
 * @param {Layers} layers
 * @param {Row[]} rows those in sight
 * @param {View} view
 */
export function drawLinks(layers, rows, view) {
  /** @type {Places} */
  const places = { lanes: new Map(), resources: new Map(), gaps: rows.flatMap((row) => (row.kind === 'rule' && isBroken(row.rule, view) ? [[row.y + 10, row.y + row.height - 2]] : [])) };
  drawTurns(layers, rows, view);
  for (const row of rows) {
    if (row.kind === 'lane') places.lanes.set(row.task.id, row);
    if (row.kind === 'resource') places.resources.set(row.resource.name, row);
  }
  const taken = drawUses(layers, places, view);
  drawWakes(layers, places, view, taken);
}

/**
 * Arrows from the call that changed a state to the state.
 * @param {Layers} layers
 * @param {Row[]} rows
 * @param {View} view
 */
function drawTurns({ links }, rows, { recording, cursor, scale, left }) {
  let [d, drawn] = ['', 0];
  for (const row of rows) {
    if (row.kind !== 'band') continue;
    const turns = recording.states.get(row.name) ?? [];
    for (let place = firstPlace(turns.length, (place) => (turns[place]?.at ?? 0) >= scale.from); place < turns.length; place += 1) {
      const { seq, at } = turns[place] ?? { seq: Infinity, at: Infinity };
      if (seq >= cursor || at > scale.to || drawn >= MOST) break;
      const id = causeOf(recording, seq);
      const lane = rows.find((lane) => lane.kind === 'lane' && lane.looks === 'dots' && lane.task.id === id);
      if (lane === undefined || turns[place + 1]?.at === at) continue;
      drawn += 1;
      const x = left + scale.x(at);
      const bottom = row.y + row.height - 2;
      d += `M${near(x + 6)} ${near(lane.y + lane.height / 2 - 9)}C${near(x + 8)} ${near(lane.y)} ${near(x + 12)} ${near(bottom + 18)} ${near(x + 3)} ${near(bottom + 2)}${tip(x + 2, bottom - 1, -1)}`;
    }
  }
  if (d !== '') links.push(node('turns', 'path', { class: 'link turn', d }));
}

/**
 * The task that did something last before an event, in its moment.
 * @param {import('../run/recording.js').Recording} recording
 * @param {number} seq
 */
function causeOf({ events }, seq) {
  const at = events[seq]?.at;
  for (let place = seq - 1; place >= 0 && events[place]?.at === at; place -= 1) {
    const event = events[place];
    if (event !== undefined && 'task' in event && event.task !== null) return event.task;
  }
  return null;
}

/**
 * Arrows to the resources that tasks begin to use.
 * @param {Layers} layers
 * @param {Places} places
 * @param {View} view
 * @returns {Set<string>} the tasks that were given one, with the times
 */
function drawUses({ links }, { lanes, resources, gaps }, view) {
  const { cursor, scale, left } = view;
  /** @type {Set<string>} */
  const taken = new Set();
  /** How many arrows there are at a place already. @type {Map<number, number>} */
  const beside = new Map();
  let [given, begun, heads] = ['', '', ''];
  for (const row of resources.values()) {
    row.resource.slots.forEach((uses, slot) => {
      for (const use of usesInSight(uses, view)) {
        if (taken.size >= MOST) break;
        if (use.from < scale.from) continue;
        const { top, height } = slotBox(row, slot, use.group.slots);
        const lane = lanes.get(use.task);
        if (lane === undefined) continue;
        const handed = isGiven(view.recording, use);
        if (handed) taken.add(`${use.task} ${view.recording.axis.ms(use.from)}`);
        // The bar says already whose it is.
        else if (use.label === null || use.label === lane.task.name || lane.task.parent === null) continue;
        const x = left + scale.x(use.from);
        const count = beside.get(Math.round(x)) ?? 0;
        const column = x + 5 + (count % 6) * APART;
        // An arrow does not cross the bars that lie above each other in one row.
        const end = use.group.slots > 1 ? row.y + row.height : top + height;
        if (left + scale.x(use.ended < cursor ? use.to : view.now) < column + 2) continue;
        beside.set(Math.round(x), count + 1);
        const from = lane.y + lane.height / 2;
        const path = `M${near(x)} ${near(from)}H${near(column - 4)}q4 0 4 -4${upright(column, from - 4, end + 5, gaps)}`;
        if (handed) given += path;
        else begun += path;
        heads += tip(column, end - 1, -1);
      }
    });
  }
  if (given !== '') links.push(node('given', 'path', { class: 'link', d: given }));
  if (begun !== '') links.push(node('begun', 'path', { class: 'link begun', d: begun }));
  if (heads !== '') links.push(node('heads', 'path', { class: 'tip', d: heads }));
  return taken;
}

/**
 * Arrows to the tasks whose waits others ended.
 * @param {Layers} layers
 * @param {Places} places
 * @param {View} view
 * @param {Set<string>} taken the tasks that were given a resource, with the times: their arrows are drawn
 */
function drawWakes({ links }, { lanes, resources, gaps }, view, taken) {
  const { recording, cursor, scale, left } = view;
  /** From one source at one time: one stem, with what it comes to. @type {Map<string, {x: number, from: number, to: number[]}>} */
  const stems = new Map();
  for (const lane of lanes.values()) {
    const { id, woken } = lane.task;
    const at = (/** @type {number} */ place) => recording.events[woken[place] ?? 0]?.at ?? 0;
    for (let place = firstPlace(woken.length, (place) => at(place) >= scale.from); place < woken.length; place += 1) {
      const event = recording.events[woken[place] ?? 0];
      if (event?.kind !== 'wake' || event.seq >= cursor || event.at > scale.to || stems.size >= MOST) break;
      const resource = resources.get(waitedFor(view, id, event.seq) ?? '');
      const source = resource ?? lanes.get(event.by ?? -1);
      if (source === undefined || taken.has(`${id} ${recording.axis.ms(event.at)}`)) continue;
      const x = left + scale.x(event.at);
      const key = `${source.y} ${Math.round(x)}`;
      const stem = stems.get(key) ?? { x, from: resource ? source.y + source.height : source.y + source.height / 2, to: [] };
      stems.set(key, stem);
      stem.to.push(lane.y + lane.height / 2);
    }
  }
  let [paths, rings] = ['', ''];
  for (const { x, from, to } of stems.values()) {
    const [top, bottom] = [Math.min(from, ...to), Math.max(from, ...to)];
    paths += `M${near(x)} ${near(top)}${upright(x, top, bottom, gaps)}`;
    for (const y of to) rings += ring(x, y, 3.5);
  }
  if (paths !== '') links.push(node('wakes', 'path', { class: 'link woken', d: paths }), node('rings', 'path', { class: 'got', d: rings }));
}

/**
 * A line up or down, from where the path is.
 * @param {number} x
 * @param {number} from
 * @param {number} to
 * @param {Gap[]} gaps from the top
 */
function upright(x, from, to, gaps) {
  const crossed = gaps.filter(([top, bottom]) => top > Math.min(from, to) && bottom < Math.max(from, to));
  const parts = to < from ? crossed.toReversed().map(([top, bottom]) => [bottom, top]) : crossed;
  return `${parts.map(([end = 0, start = 0]) => `V${near(end)}M${near(x)} ${near(start)}`).join('')}V${near(to)}`;
}

/**
 * What a task waited for until it was woken.
 * @param {View} view
 * @param {number} id
 * @param {number} seq the place of the wake
 */
function waitedFor({ recording }, id, seq) {
  const task = recording.tasks[id];
  /** @type {string | null} */
  let found = null;
  if (task === undefined) return found;
  const at = recording.events[seq]?.at ?? 0;
  walk(recording, task, seq, (span) => {
    if (span.kind === 'wait') found = span.for;
  }, { from: at, to: at });
  return found;
}
