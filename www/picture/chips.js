// Ids as coloured labels in the lane of their task, with the lines that bear them.

import { described } from '../run/described.js';
import { firstPlace } from '../run/recording.js';
import { near, node } from './nodes.js';
import { widthOf } from './texts.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 * @typedef {import('../run/recording.js').Recording} Recording
 * @typedef {{id: string, at: number, seq: number, left: boolean, lines: string[]}} Chip
 */

/** How many colours there are. */
const COLOURS = 6;
const WIDTH = 46;
/** Of an id the first digits are shown. */
const SHOWN = 4;
const APART = 6;

/** The colours of values, in the order in which they come. @type {WeakMap<Recording, {length: number, ids: Map<string, number>}>} */
const colours = new WeakMap();

/**
 * The number of the colour of a value: the first value has the first colour.
 * @param {Recording} recording
 * @param {string} of the results that name them
 * @param {string} value
 */
export function colourOf(recording, of, value) {
  const known = colours.get(recording) ?? { length: 0, ids: new Map() };
  colours.set(recording, known);
  for (; known.length < recording.results.length; known.length += 1) {
    const event = recording.events[recording.results[known.length] ?? 0];
    if (event?.kind === 'result' && event.of === of && !known.ids.has(String(event.value))) known.ids.set(String(event.value), known.ids.size);
  }
  return (known.ids.get(value) ?? 0) % COLOURS;
}

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'lane'}} row
 * @param {View} view
 */
export function drawChips({ links, words }, { task, y, height }, view) {
  const { recording, scale, left, broken } = view;
  const { chips } = described(recording);
  if (chips === undefined) return;
  const groups = chipsOf(task, view);
  const [middle, tall] = [y + height / 2, Math.min(20, height * 0.7)];
  const width = view.words ? WIDTH : Math.min(WIDTH, scale.width / 12);
  const right = left + scale.width + 8;
  const bare = (/** @type {Chip[]} */ group) => group.length * (width + APART) - APART;
  let end = left - APART;
  groups.forEach((group, place) => {
    const x = left + scale.x(group[0]?.at ?? 0);
    const next = groups[place + 1];
    const limit = next === undefined ? right : Math.min(left + scale.x(next[0]?.at ?? 0), right - bare(next)) - APART;
    const full = bare(group) + group.reduce((sum, chip) => sum + APART + widthOf(textOf(chip)), 0);
    const fits = view.words && Math.max(Math.min(x, right - full), end + APART) + full <= limit;
    let start = Math.max(Math.min(x, right - (fits ? full : bare(group))), end + APART);
    for (const chip of group) {
      if (start + width > right + 4) return;
      const none = chip.id === chips.none;
      const looks = `${none ? 'id-none' : `id-${colourOf(recording, chips.all, chip.id)}`}${chip.left ? ' left' : ''}${isWrong(chip, broken) ? ' wrong' : ''}`;
      const key = `task ${task.id} chip ${chip.seq}`;
      links.push(node(key, 'rect', { class: `chip ${looks}`, x: near(start), y: near(middle - tall / 2), width: near(width), height: near(tall), rx: near(tall / 2) }));
      if (view.words) words.push(node(key, 'text', { class: `on-chip ${looks}`, x: near(start + width / 2), y: near(middle + 4.5), 'text-anchor': 'middle' }, none ? 'none' : chip.id.slice(-8, SHOWN - 8)));
      end = start + width;
      if (fits) words.push(node(`${key} line`, 'text', { class: 'beside', x: near(end + APART), y: near(middle + 4.5), 'text-anchor': 'start' }, textOf(chip)));
      if (fits) end += APART + widthOf(textOf(chip));
      start = end + APART;
    }
  });
}

/** @param {Chip} chip */
function textOf({ left, lines }) {
  return left ? 'still set' : lines.join(', ');
}

/**
 * The ids in the lane of a task, with the lines that were written under each, before the cursor; those of one moment together.
 * @param {import('../run/recording.js').Task} task
 * @param {View} view
 */
function chipsOf(task, { recording, cursor, scale }) {
  const { chips } = described(recording);
  const { events } = recording;
  /** @type {Chip[][]} */
  const found = [];
  const first = firstPlace(task.results.length, (place) => (events[task.results[place] ?? 0]?.at ?? 0) >= scale.from);
  for (let place = first; place < task.results.length; place += 1) {
    const seq = task.results[place] ?? Infinity;
    const event = events[seq];
    if (seq >= cursor || event?.kind !== 'result' || event.at > scale.to) break;
    if (chips === undefined || !chips.of.includes(event.of)) continue;
    const id = String(event.value);
    const isLine = event.of === chips.of[0];
    if (!isLine && id === chips.none) continue;
    const log = events[seq + 1];
    const line = isLine && log?.kind === 'log' ? [log.line.replace(/^\[.*?\] /, '')] : [];
    const group = found.at(-1);
    const last = group?.at(-1);
    const left = event.of === chips.left;
    const chip = { id, at: event.at, seq, left, lines: line };
    if (group === undefined || last?.at !== event.at) found.push([chip]);
    else if (last.id === id && last.left === left) last.lines.push(...line);
    else group.push(chip);
  }
  return found;
}

/**
 * @param {Chip} chip
 * @param {ReadonlySet<number>} broken
 */
function isWrong({ seq, lines }, broken) {
  for (let at = seq; at < seq + 2 * Math.max(lines.length, 1); at += 1) if (broken.has(at)) return true;
  return false;
}
