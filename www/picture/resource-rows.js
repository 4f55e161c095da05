// The row of a resource: a solid bar for each task that holds it, side by side where they overlap; how long what it gave
// stays fresh; and until when a use may last.

import { described, fits, laneInfo, timeIn } from '../run/described.js';
import { firstPlace, nextPlace } from '../run/recording.js';
import { briefly } from '../run/spelling.js';
import { milliseconds } from '../run/text.js';
import { slotBox } from './layout.js';
import { near, node } from './nodes.js';
import { Stretches, writeAt, writeIn, writeName } from './rows.js';
import { box, hatch, scissors } from './shapes.js';
import { STRONG } from './texts.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 * @typedef {import('../run/resources.js').Use} Use
 */

/** A use that takes no time is seen all the same, in pixels. */
const LEAST = 4;
/** In how many pieces a time of freshness fades. */
const FADES = 4;
/** More deadlines, freshness and answers than this in one row hide more than they show. */
const MOST = 60;

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'resource'}} row
 * @param {View} view
 */
export function drawResource(layers, row, view) {
  const { resource, y, height, head } = row;
  const key = `resource ${resource.name}`;
  const { back, marks } = layers;
  const { left, scale } = view;
  back.push(node(key, 'rect', { class: 'stripe', x: left, y: near(y + head), width: near(scale.width), height: near(height - head), rx: 4 }));
  const first = resource.slots[0]?.[0]?.seq ?? Infinity;
  if (first >= view.cursor) return;
  const crowded = resource.most > resource.slots.length;
  const middle = head + (height - head) / 2;
  writeName(layers, key, row, resource.name, view, { looks: 'name strong', y: crowded ? middle - 9 : middle });
  if (crowded) writeName(layers, key, row, `${resource.slots.length} of ${resource.most}`, view, { looks: 'value', y: middle + 9 });
  drawFresh(layers, row, view);
  const light = laneInfo(view.recording, resource.name).light === true;
  const answers = answersOf(row, view);
  resource.slots.forEach((uses, slot) => {
    for (const [size, some] of bySize(usesInSight(uses, view))) {
      const { top, height } = slotBox(row, slot, size);
      for (const [looks, list] of stretchesOf(some, view, light, answers).byLooks) {
        // A hair's breadth parts those that follow one another.
        const boxes = list.map(({ from, to }) => ({ from: from + 0.5, to: Math.max(to - 0.5, from + LEAST) }));
        const d = boxes.map(({ from, to }) => box(from, to, top, height)).join('');
        marks.push(node(`${key} ${slot} ${size} ${looks}`, 'path', { class: looks, d }));
        if (looks === 'lost') {
          const lines = boxes.map(({ from, to }) => hatch(from, to, top, height)).join('');
          marks.push(node(`${key} ${slot} ${size} hatch`, 'path', { class: 'hatch', d: lines }));
        }
        list.forEach((stretch, place) => {
          writeIn(layers, `${key} ${slot} ${size} ${looks} ${place}`, stretch, { y: top + height / 2, height, looks }, view);
        });
      }
    }
  });
  if (!view.words) return;
  drawEnds(layers, row, view);
  drawAnswers(layers, row, view, answers);
}

/**
 * Bars, ends and arrows of one drawing need the same uses.
 * @type {WeakMap<View, Map<Use[], Use[]>>}
 */
const inSight = new WeakMap();

/**
 * The uses of a slot that are in sight. Of those that begin and end within half a pixel the first stands for all, and those
 * that broke a rule for themselves.
 * @param {Use[]} uses in order
 * @param {View} view
 * @returns {Use[]}
 */
export function usesInSight(uses, view) {
  const known = inSight.get(view) ?? new Map();
  inSight.set(view, known);
  const seen = known.get(uses) ?? findInSight(uses, view);
  known.set(uses, seen);
  return seen;
}

/**
 * @param {Use[]} uses
 * @param {View} view
 */
function findInSight(uses, view) {
  const { cursor, scale, broken } = view;
  const half = scale.at(0.5) - scale.from;
  const end = (/** @type {number} */ place) => uses[place]?.to ?? 0;
  /** @type {Use[]} */
  const seen = [];
  for (let place = firstPlace(uses.length, (place) => end(place) >= scale.from); place < uses.length;) {
    const use = uses[place];
    if (use === undefined || use.seq >= cursor || use.from > scale.to) break;
    seen.push(use);
    const next = nextPlace(place + 1, uses.length, (place) => end(place) >= use.from + half);
    if (broken.size > 0) seen.push(...uses.slice(place + 1, next).filter((use) => use.seq < cursor && isWrong(use, view)));
    place = next;
  }
  return seen;
}

/**
 * Uses by how many slots there are beside each other where they are.
 * @param {Use[]} uses
 */
function bySize(uses) {
  /** @type {Map<number, Use[]>} */
  const sizes = new Map();
  for (const use of uses) {
    const list = sizes.get(use.group.slots) ?? [];
    sizes.set(use.group.slots, list);
    list.push(use);
  }
  return sizes;
}

/**
 * @param {Use} use
 * @param {View} view
 */
function isWrong({ seq, ended }, { broken }) {
  return broken.has(seq) || broken.has(ended);
}

/**
 * @param {Use[]} uses of one slot, in order
 * @param {View} view
 * @param {boolean} light
 * @param {Map<Use, string>} answers
 */
function stretchesOf(uses, view, light, answers) {
  const { recording, cursor, now } = view;
  const stretches = new Stretches(view);
  for (const use of uses) {
    const task = recording.tasks[use.task];
    const over = use.ended < cursor;
    const end = task !== undefined && task.ended < cursor ? recording.events[task.ended] : undefined;
    // Who has ended and still holds it gives it back no more.
    const lost = !over && end?.kind === 'task' && end.phase !== 'unfinished' ? end.at : null;
    stretches.add(isWrong(use, view) ? 'use wrong' : light ? 'use light' : 'use', use.from, over ? use.to : (lost ?? now), ...wordsFor(view, use, over, answers.get(use)));
    if (lost !== null && now > lost) stretches.add('lost', lost, now, 'never given back', 'lost');
  }
  return stretches;
}

/**
 * The words of a use, from the longest to the shortest.
 * @param {View} view
 * @param {Use} use
 * @param {boolean} over
 * @param {string} [answer]
 */
function wordsFor({ recording }, { task, label, from, to }, over, answer) {
  const text = label ?? recording.tasks[task]?.name ?? '';
  const number = /^.+\s(\d+)$/.exec(text)?.[1];
  const lasts = recording.axis.ms(to) - recording.axis.ms(from);
  const long = over && lasts > 0 ? [`${text}, ${milliseconds(lasts)} ms`] : [];
  const answered = answer === undefined ? [] : [...long, text].map((text) => `${text}: ${answer}`);
  return [...answered, ...long, text, ...(number === undefined ? [] : [number])];
}

/**
 * Fading bands after the uses that gave something that stays fresh.
 * @param {Layers} layers
 * @param {Row & {kind: 'resource'}} row
 * @param {View} view
 */
function drawFresh(layers, row, view) {
  const { recording, cursor, now, scale, left } = view;
  const { name, slots } = row.resource;
  const { fresh } = laneInfo(recording, name);
  const time = timeIn(recording, fresh?.setting);
  if (fresh === undefined || time === null) return;
  const uses = slots[0] ?? [];
  let drawn = 0;
  for (let place = 0; place < uses.length && drawn < MOST; place += 1) {
    const use = uses[place];
    if (use === undefined || use.ended >= cursor || use.from > scale.to) break;
    if (!gave(view, use, fresh.after)) continue;
    const whole = recording.axis.place(recording.axis.ms(use.to) + time);
    const next = uses[place + 1];
    const until = Math.min(whole, now, next !== undefined && next.seq < cursor ? next.from : Infinity);
    if (until <= use.to || until < scale.from) continue;
    drawn += 1;
    const { top, height } = slotBox(row, 0, 1);
    const piece = (whole - use.to) / FADES;
    for (let fade = 0; fade < FADES; fade += 1) {
      const [from, to] = [use.to + fade * piece, Math.min(use.to + (fade + 1) * piece, until)];
      if (to <= from) break;
      const [x, end] = [left + Math.max(scale.x(from), 0), left + Math.min(scale.x(to), scale.width)];
      if (end > x) layers.back.push(node(`fresh ${name} ${use.seq} ${fade}`, 'rect', { class: `fresh fade-${fade}`, x: near(x), y: near(top), width: near(end - x), height: near(height) }));
    }
    const stretch = { from: left + scale.x(use.to), to: left + scale.x(until), texts: [`fresh for ${time} ms`, 'fresh'] };
    writeIn(layers, `fresh ${name} ${use.seq}`, stretch, { y: top + height / 2, height, looks: 'fresh' }, view);
  }
}

/**
 * Whether a use has ended with a result that begins so.
 * @param {View} view
 * @param {Use} use
 * @param {string} after
 */
function gave({ recording: { events, axis } }, use, after) {
  const to = axis.ms(use.to);
  for (let seq = use.ended - 1; seq > use.seq && axis.ms(events[seq]?.at ?? 0) === to; seq -= 1) {
    const event = events[seq];
    if (event?.kind === 'result' && event.of.startsWith(after)) return true;
  }
  return false;
}

/**
 * Deadlines as lines, and scissors where a use was cut off.
 * @param {Layers} layers
 * @param {Row & {kind: 'resource'}} row
 * @param {View} view
 */
function drawEnds(layers, row, view) {
  const { recording, cursor, scale, left } = view;
  const { name, slots } = row.resource;
  const limit = timeIn(recording, laneInfo(recording, name).deadline);
  let [lines, cuts, drawn] = ['', '', 0];
  slots.forEach((uses, slot) => {
    for (const use of usesInSight(uses, view)) {
      if (drawn >= MOST) break;
      const over = use.ended < cursor;
      const { top, height } = slotBox(row, slot, use.group.slots);
      if (over && use.cut && use.to >= scale.from && use.to <= scale.to) {
        cuts += scissors(left + scale.x(use.to), top + height / 2);
        drawn += 1;
      }
      if (limit === null) continue;
      const at = recording.axis.place(recording.axis.ms(use.from) + limit);
      // Who is done in time has no need of it.
      if ((over && use.to < at) || at < scale.from || at > scale.to) continue;
      drawn += 1;
      const x = near(left + scale.x(at));
      lines += `M${x} ${near(row.y + 2)}V${near(row.y + row.height + 2)}`;
      writeAt(layers, `deadline ${use.seq}`, [`deadline: ${limit} ms`, 'deadline'], { x: x - 2, y: row.y + 9, looks: 'deadline' }, view);
    }
  });
  if (lines !== '') layers.links.push(node(`${name} deadlines`, 'path', { class: 'deadline', d: lines }));
  if (cuts !== '') layers.links.push(node(`${name} cuts`, 'path', { class: 'scissors', d: cuts }));
}

/**
 * The results of uses, where an exercise says that they belong to them.
 * @param {Row & {kind: 'resource'}} row
 * @param {View} view
 * @returns {Map<Use, string>}
 */
function answersOf({ resource }, { recording, cursor }) {
  /** @type {Map<Use, string>} */
  const found = new Map();
  const answers = (described(recording).answers ?? []).filter(({ lane }) => lane === resource.name);
  if (answers.length === 0) return found;
  const uses = resource.slots.flat().sort((a, b) => a.ended - b.ended);
  for (const seq of recording.results) {
    const event = recording.events[seq];
    if (seq >= cursor || found.size >= MOST) break;
    const answer = event?.kind === 'result' ? answers.find(({ of }) => fits(of, event.of)) : undefined;
    if (answer === undefined || event?.kind !== 'result') continue;
    // A result follows the end of its use, or comes just before it.
    const use = uses[firstPlace(uses.length, (place) => (uses[place]?.ended ?? Infinity) > seq + 1) - 1];
    if (use !== undefined) found.set(use, [answer.word, answer.bare === true ? '' : briefly(event.value)].filter(Boolean).join(' '));
  }
  return found;
}

/**
 * Writes the results beside those bars that have no room for them.
 * @param {Layers} layers
 * @param {Row & {kind: 'resource'}} row
 * @param {View} view
 * @param {Map<Use, string>} answers
 */
function drawAnswers(layers, { y, height, head }, view, answers) {
  const { recording, scale, left } = view;
  for (const [use, answer] of answers) {
    if (use.to < scale.from || use.to > scale.to) continue;
    const width = scale.x(Math.min(use.to, scale.to)) - Math.max(scale.x(use.from), 0);
    const label = use.label ?? recording.tasks[use.task]?.name ?? '';
    if (`${label}: ${answer}`.length * STRONG < width - 4) continue;
    writeAt(layers, `answer ${use.seq}`, [answer], { x: left + scale.x(use.to) + 8, y: y + head + (height - head) / 2, from: Infinity }, view);
  }
}
