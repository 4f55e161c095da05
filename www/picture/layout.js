// The rows of a picture and their places: what a run is about comes first, its tasks follow, gauges are last.
//
// From the top: interferences, states, stages, nested boxes, resources, totals, answers, a lane for each task in order of
// spawning, the main task, gauges. A broken rule has a row below the one in which it was broken. Of very many tasks the
// first and the last have lanes, and the others share one strip.

import { described, fits, fitsAny, laneInfo, timeIn } from '../run/described.js';
import { firstPlace } from '../run/recording.js';
import { capital } from '../run/text.js';
import { LETTER, STRONG, wrapped } from './texts.js';

export const HEIGHTS = { interference: 24, band: 28, head: 18, walk: 28, stage: 24, total: 24, line: 18, gauge: 46, lane: 22, dots: 28, chips: 32, rail: 16, strip: 46, gap: 8 };
/** With more tasks not each of them has a lane. */
const MOST_LANES = 200;
const FIRST = 100;
const LAST = 20;
/** With more resources the rest is counted. */
const MOST_RESOURCES = 40;
/** With more nested uses than this their resources have lanes instead. */
const MOST_NESTS = 40;
/** Above and below the bars of a resource, in pixels. */
const PADDING = 3;
/** The height of a bar that overlaps with no other one. */
const BAR = 24;
/** More broken rules than this are counted. */
const MOST_RULES = 2;
/** A state that lasts a smaller share of the run than this has its words above it. */
const SHORT = 0.2;
/** What each nested box adds to the height, besides the innermost. */
const NESTED = 22;
/** The least and the greatest width of the names, and their share of a narrow picture. */
const NAMES = { least: 52, most: 190, share: 0.42 };

/**
 * @typedef {import('../run/recording.js').Recording} Recording
 * @typedef {import('../run/recording.js').Task} Task
 * @typedef {import('../run/resources.js').Resource} Resource
 * @typedef {import('../run/resources.js').Use} Use
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {import('../api/playground.js').RuleReport} RuleReport
 * @typedef {{name: string, height: number} & (
 *   {kind: 'interference'} | {kind: 'band', head: number} | {kind: 'walk'} | {kind: 'stage'}
 *   | {kind: 'nest', task: Task, depth: number} | {kind: 'resource', resource: Resource, head: number}
 *   | {kind: 'others'} | {kind: 'totals'} | {kind: 'answers', lines: number} | {kind: 'gauge'}
 *   | {kind: 'lane', task: Task, looks: 'bars' | 'dots' | 'chips' | 'rail'} | {kind: 'strip', first: number, last: number}
 *   | {kind: 'rule', rule: RuleReport, lines: string[], evidence: string[], more: number} | {kind: 'gap'})} Part `first` and
 *   `last` are the ids at the ends of the strip
 * @typedef {Part & {y: number}} Row
 */

/**
 * @param {Recording} recording
 * @param {{gauges?: boolean, width?: number, bare?: boolean}} [options] the width of the whole picture, in pixels; a bare
 *   picture has no words, and no rows that consist of words only
 * @returns {{rows: Row[], height: number, left: number}} `left` is the width of the names
 */
export function layout(recording, { gauges = true, width = 760, bare = false } = {}) {
  const parts = partsOf(recording, bare);
  if (gauges && !bare) {
    for (const name of recording.gauges.keys()) if (!recording.resources.has(name)) parts.push({ kind: 'gauge', name, height: HEIGHTS.gauge });
  }
  const left = nameWidth(parts, width);
  if (!bare) addRules(parts, recording, width - (width < 560 ? 16 : left + 16));
  let y = 0;
  const rows = parts.map((part) => {
    const row = { ...part, y };
    y += part.height + (part.kind === 'resource' || part.kind === 'nest' ? 2 : 0);
    return row;
  });
  return { rows: rows.filter(({ kind }) => kind !== 'gap'), height: y, left };
}

/**
 * @param {Recording} recording
 * @param {boolean} bare
 * @returns {Part[]}
 */
function partsOf(recording, bare) {
  const { tasks, resources, states, interferences } = recording;
  const { hide, walk, nest, answers = [], totals = [] } = described(recording);
  /** @type {Part[]} */
  const parts = [];
  const gap = () => {
    if (parts.length > 0 && parts.at(-1)?.kind !== 'gap') parts.push({ kind: 'gap', name: '', height: HEIGHTS.gap });
  };
  if (interferences.length > 0) parts.push({ kind: 'interference', name: 'interference', height: HEIGHTS.interference });
  // One row a name: the bars of a resource say more than its states.
  for (const [name, turns] of states) {
    if (resources.has(name) || fitsAny(hide, name)) continue;
    const head = turns.some(({ at }, place) => (turns[place + 1]?.at ?? recording.end) - at < SHORT * recording.end) || (turns[0]?.at ?? 0) < SHORT * recording.end ? HEIGHTS.head : 0;
    parts.push({ kind: 'band', name, head, height: HEIGHTS.band + head });
  }
  const walks = walk !== undefined && tasks.length <= MOST_LANES;
  if (walks) {
    gap();
    parts.push({ kind: 'walk', name: walk.name, height: HEIGHTS.walk });
    for (const name of walk.stages.slice(0, -1)) parts.push({ kind: 'stage', name, height: HEIGHTS.stage });
  }
  const nests = nest === undefined ? [] : tasks.filter(({ uses }) => uses.some(({ of }) => nest.includes(of)));
  if (nests.length <= MOST_NESTS) {
    for (const task of nests) {
      const depth = depthOf(task, nest ?? []);
      parts.push({ kind: 'nest', name: task.name, task, depth, height: 2 * NESTED * depth - NESTED + 14 });
    }
  }
  const hidden = [...(hide ?? []), ...(walks ? walk.stages.slice(0, -1) : []), ...(nests.length <= MOST_NESTS ? (nest ?? []) : [])];
  const shown = [...resources.values()].filter(({ name }) => !fitsAny(hidden, name));
  for (const resource of shown.slice(0, MOST_RESOURCES)) {
    const head = reachesDeadline(recording, resource) ? HEIGHTS.head : 0;
    parts.push({ kind: 'resource', name: resource.name, resource, head, height: resourceHeight(resource.slots.length) + head });
  }
  const others = shown.length - MOST_RESOURCES;
  if (others > 0) parts.push({ kind: 'others', name: `${others} more`, height: HEIGHTS.rail });
  if (!bare) {
    if (totals.some(({ of }) => recording.results.some((seq) => isResult(recording.events[seq], of)))) parts.push({ kind: 'totals', name: 'total', height: totals.length > 1 ? HEIGHTS.total + 2 * HEIGHTS.line : HEIGHTS.total + HEIGHTS.line });
    for (const name of new Set(answers.flatMap(({ row }) => row ?? []))) {
      const lines = answerLines(recording, name);
      if (lines > 0) parts.push({ kind: 'answers', name, lines, height: lines * HEIGHTS.line + 6 });
    }
  }
  gap();
  for (const part of lanesOf(recording)) {
    const at = part.kind === 'lane' ? part.task : null;
    if (at !== null && (nests.includes(at) && nests.length <= MOST_NESTS)) continue;
    if (at !== null && walks && fits(walk.tasks, at.name)) continue;
    parts.push(part);
  }
  gap();
  return parts;
}

/**
 * The lanes of tasks and the strip of those that have none, the main task last.
 * @param {Recording} recording
 * @param {boolean} [all] for a table: also tasks whose resources say everything, the main task first
 * @returns {(Part & {kind: 'lane' | 'strip'})[]}
 */
export function lanesOf(recording, all = false) {
  const { tasks, resources } = recording;
  const { hideTasks, dots, chips } = described(recording);
  const rail = tasks.length > 1 || resources.size > 0;
  const many = tasks.length > MOST_LANES;
  /** @type {(Part & {kind: 'lane' | 'strip'})[]} */
  const parts = [];
  /** @type {(Part & {kind: 'lane'})[]} */
  const rails = [];
  /** How many tasks have a name: where there are several, the later ones have a number too. @type {Map<string, number>} */
  const named = new Map();
  const lanes = (/** @type {number} */ from, /** @type {number} */ to) => {
    for (const task of tasks.slice(from, to)) {
      const { parent } = task;
      const count = (named.get(task.name) ?? 0) + 1;
      named.set(task.name, count);
      const name = count === 1 ? task.name : `${task.name} (${count})`;
      const looks = dots !== undefined && parent !== null ? 'dots' : chips !== undefined && (parent !== null || task.results.length > 0) ? 'chips' : 'bars';
      if (task.id === 0 && rail) rails.push({ kind: 'lane', name, task, looks: 'rail', height: HEIGHTS.rail });
      else if (all || !fitsAny(hideTasks, task.name)) parts.push({ kind: 'lane', name, task, looks, height: looks === 'bars' ? HEIGHTS.lane : HEIGHTS[looks] });
    }
  };
  lanes(0, many ? FIRST : tasks.length);
  if (many) {
    const [first, last] = [FIRST, tasks.length - LAST - 1];
    parts.push({ kind: 'strip', name: `${last - first + 1} more`, first, last, height: HEIGHTS.strip });
    lanes(last + 1, tasks.length);
  }
  return all ? [...rails, ...parts] : [...parts, ...rails];
}

/**
 * The names stand in a column that is as wide as the widest one, as far as there is room.
 * @param {Part[]} parts
 * @param {number} width of the picture
 */
function nameWidth(parts, width) {
  const widest = parts.reduce((most, { kind, name }) => Math.max(most, name.length * (kind === 'resource' || kind === 'band' ? STRONG : LETTER)), 0);
  return Math.round(Math.min(Math.max(widest + 18, NAMES.least), NAMES.most, Math.max(width * NAMES.share, NAMES.least)));
}

/**
 * Whether a use of a resource lasts until its deadline, which has words then.
 * @param {Recording} recording
 * @param {Resource} resource
 */
function reachesDeadline(recording, { name, slots }) {
  const limit = timeIn(recording, laneInfo(recording, name).deadline);
  const { ms } = recording.axis;
  return limit !== null && slots.flat().some(({ from, to }) => to === Infinity || ms(to) - ms(from) >= limit);
}

/** The more uses overlap, the thinner they are. @param {number} slots */
function resourceHeight(slots) {
  const each = slots <= 1 ? BAR : slots <= 5 ? 18 : Math.max(8, 96 / slots);
  return each * slots + 2 * PADDING;
}

/**
 * The top and the height of the bar of a use.
 * @param {Row & {kind: 'resource'}} row
 * @param {number} slot
 * @param {number} slots how many there are beside each other
 */
export function slotBox({ y, height, head, resource }, slot, slots) {
  const natural = resourceHeight(resource.slots.length);
  // On a card all is smaller.
  const factor = (height - head) / natural;
  const room = (natural - 2 * PADDING) / Math.max(slots, 1);
  const each = Math.min(room, BAR);
  return { top: y + head + (PADDING + slot * each) * factor + 0.5, height: Math.max(each * factor - 1, 1) };
}

/**
 * How deep the boxes of a task are in each other, at most.
 * @param {Task} task
 * @param {string[]} nest
 */
function depthOf({ uses }, nest) {
  /** @type {Use[]} */
  let open = [];
  let most = 1;
  for (const use of uses) {
    if (!nest.includes(use.of)) continue;
    open = [...open.filter(({ ended }) => ended > use.seq), use];
    most = Math.max(most, open.length);
  }
  return most;
}

/**
 * How many lines the answers of a row need: none without answers, else one more than come at one moment, at most three.
 * @param {Recording} recording
 * @param {string} name
 */
function answerLines(recording, name) {
  const { answers = [] } = described(recording);
  const patterns = answers.flatMap(({ of, row }) => (row === name ? [of] : []));
  let [most, count, last] = [0, 0, -1];
  for (const seq of recording.results) {
    const event = recording.events[seq];
    if (event?.kind !== 'result' || !fitsAny(patterns, event.of)) continue;
    count = event.at === last ? count + 1 : 1;
    last = event.at;
    most = Math.max(most, count);
    if (most >= 3) break;
  }
  // Answers that come soon after one another would cover each other.
  return most === 0 ? 0 : Math.min(most + 1, 3);
}

/**
 * Puts a row below each part in which a rule was broken; rules that no event stands for are at the end.
 * @param {Part[]} parts is changed
 * @param {Recording} recording
 * @param {number} room for words, in pixels
 */
function addRules(parts, recording, room) {
  const broken = (recording.report?.rules ?? []).filter(({ held }) => held === false);
  broken.slice(0, MOST_RULES).forEach((rule, place) => {
    const lines = wrapped(`Rule broken: ${rule.statement.replaceAll('`', '')}`, (room * LETTER) / STRONG, room < 400 ? 3 : 2);
    const evidence = wrapped(capital(rule.evidence.replaceAll('`', '')), room, 2);
    const more = place === MOST_RULES - 1 ? broken.length - MOST_RULES : 0;
    const height = 14 + (lines.length + evidence.length + (more > 0 ? 1 : 0)) * HEIGHTS.line;
    const at = placeOfRule(parts, recording, rule);
    /** @type {Part} */
    const part = { kind: 'rule', name: '', rule, lines, evidence, more, height };
    const below = at < 0 ? firstGap(parts) : at + 1;
    parts.splice(below, 0, part);
  });
}

/** The end of what a run is about. @param {Part[]} parts */
function firstGap(parts) {
  const lanes = parts.findIndex(({ kind }) => kind === 'lane' || kind === 'strip');
  return lanes < 0 ? parts.length : Math.max(lanes - 1, 0);
}

/**
 * The part that a rule was broken in, the last of several: one of what the run is about before a lane, and a lane before a
 * gauge. What walks is shown down to its last stage.
 * @param {Part[]} parts
 * @param {Recording} recording
 * @param {RuleReport} rule
 */
function placeOfRule(parts, recording, rule) {
  /** @type {Event[]} */
  const events = rule.events.slice(0, 8).flatMap((seq) => {
    const event = recording.events[seq];
    const before = recording.events[seq - 1];
    return event === undefined ? [] : event.kind === 'gauge' && before !== undefined ? [before, event] : [event];
  });
  const rank = (/** @type {Part} */ { kind }) => (kind === 'gauge' ? 2 : kind === 'lane' ? 1 : 0);
  let [best, found] = [3, -1];
  parts.forEach((part, place) => {
    if (rank(part) > best || !events.some((event) => isIn(recording, part, event))) return;
    [best, found] = [rank(part), place];
  });
  const last = described(recording).walk?.stages.at(-1);
  const end = parts.findIndex(({ kind, name }) => kind === 'resource' && name === last);
  return parts[found]?.kind === 'walk' && end > found ? end : found;
}

/**
 * Whether an event is shown in a part.
 * @param {Recording} recording
 * @param {Part} part
 * @param {Event} event
 */
export function isIn(recording, part, event) {
  const { answers = [], walk, totals = [] } = described(recording);
  const id = event.kind === 'task' ? event.id : 'task' in event ? event.task : null;
  switch (part.kind) {
    case 'gauge':
      return event.kind === 'gauge' && event.name === part.name;
    case 'band':
      return event.kind === 'state' && event.component === part.name;
    case 'resource':
      return (event.kind === 'use' && event.of === part.name) || (event.kind === 'state' && event.component === part.name) || (event.kind === 'gauge' && event.name === part.name)
        || (event.kind === 'result' && answers.some(({ of, lane }) => lane === part.name && fits(of, event.of)));
    case 'answers':
      return event.kind === 'result' && answers.some(({ of, row }) => row === part.name && fits(of, event.of));
    case 'totals':
      return event.kind === 'result' && totals.some(({ of }) => of === event.of);
    case 'walk':
      return walk !== undefined && id !== null && event.kind !== 'use' && fits(walk.tasks, recording.tasks[id]?.name ?? '');
    case 'nest':
      return id === part.task.id;
    case 'lane':
      return event.kind !== 'use' ? id === part.task.id : part.looks === 'chips' && id === part.task.id;
    default:
      return false;
  }
}

/**
 * @param {Event | undefined} event
 * @param {string} of
 */
function isResult(event, of) {
  return event?.kind === 'result' && event.of === of;
}

/**
 * The rows that are in sight.
 * @param {Row[]} rows in order of their places
 * @param {number} top
 * @param {number} bottom
 */
export function rowsBetween(rows, top, bottom) {
  const first = firstPlace(rows.length, (place) => (rows[place]?.y ?? 0) + (rows[place]?.height ?? 0) > top);
  const last = firstPlace(rows.length, (place) => (rows[place]?.y ?? 0) >= bottom);
  return rows.slice(first, last);
}
