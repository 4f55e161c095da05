// Rows of words: answers at their times, brackets with totals, and the rules that were broken.

import { described, fits } from '../run/described.js';
import { briefly } from '../run/spelling.js';
import { milliseconds } from '../run/text.js';
import { HEIGHTS } from './layout.js';
import { near, node } from './nodes.js';
import { writeName } from './rows.js';
import { bracket } from './shapes.js';
import { Lines, shortened, widthOf } from './texts.js';

/**
 * @typedef {import('./rows.js').Layers} Layers
 * @typedef {import('./rows.js').Row} Row
 * @typedef {import('./rows.js').View} View
 */

/** More answers than this in one row hide more than they show. */
const MOST = 60;

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'answers'}} row
 * @param {View} view
 */
export function drawAnswerRow(layers, row, view) {
  const { recording, cursor, scale, left } = view;
  const answers = (described(recording).answers ?? []).filter(({ row: name }) => name === row.name);
  const lines = new Lines(row.lines, 0, left + scale.width + 10);
  const name = widthOf(row.name) + 12;
  lines.put(name, [0]);
  writeName(layers, `answers ${row.name}`, row, row.name, view, { looks: 'name', y: HEIGHTS.line / 2 + 3 });
  let [ticks, drawn] = ['', 0];
  for (const seq of recording.results) {
    const event = recording.events[seq];
    if (seq >= cursor || drawn >= MOST) break;
    if (event?.kind !== 'result' || event.at < scale.from || event.at > scale.to) continue;
    const answer = answers.find(({ of }) => fits(of, event.of));
    if (answer === undefined) continue;
    const value = briefly(event.value);
    const text = shortened([answer.word, value].filter(Boolean).join(' '), scale.width + left - 4);
    const x = left + scale.x(event.at);
    const width = widthOf(text);
    const place = lines.put(width, [x - width, x + 6]);
    if (place === null) continue;
    drawn += 1;
    const y = row.y + 3 + place.line * HEIGHTS.line;
    ticks += `M${near(x)} ${near(row.y - 2)}v5`;
    const wrong = view.broken.has(seq) ? ' wrong' : '';
    layers.words.push(node(`answer ${seq}`, 'text', { class: `answer${wrong}`, x: near(place.x + width), y: near(y + 13), 'text-anchor': 'end' }, text));
  }
  if (ticks !== '') layers.links.push(node(`answers ${row.name}`, 'path', { class: 'tick', d: ticks }));
}

/**
 * @param {Layers} layers
 * @param {Row & {kind: 'totals'}} row
 * @param {View} view
 */
export function drawTotals(layers, row, view) {
  const { recording, cursor, scale, left } = view;
  const { totals = [] } = described(recording);
  const lines = new Lines(totals.length > 1 ? 2 : 1, left - 40, left + scale.width + 10);
  const found = (/** @type {string} */ of) => {
    const seq = recording.results.find((seq) => seq < cursor && resultOf(view, seq)?.of === of);
    return seq === undefined ? undefined : resultOf(view, seq);
  };
  let d = '';
  for (const { of, word, unit, since } of totals) {
    const end = found(of);
    if (end === undefined) continue;
    const begin = since === undefined ? 0 : (found(since)?.at ?? 0);
    const ms = recording.axis.ms(end.at) - recording.axis.ms(begin);
    const [from, to] = [left + Math.max(scale.x(begin), 0), left + Math.min(scale.x(end.at), scale.width)];
    if (to < left || from > left + scale.width) continue;
    d += bracket(from + 1, to - 1, row.y + 3);
    const text = `${word}: ${unit === 's' ? `${(ms / 1000).toFixed(2)} s` : `${milliseconds(ms)} ms`}`;
    const width = widthOf(text);
    const place = lines.put(width, [(from + to - width) / 2]) ?? lines.put(width, [to - width]);
    if (place === null) continue;
    layers.words.push(node(`total ${of}`, 'text', { class: 'total', x: near(place.x + width / 2), y: near(row.y + 25 + place.line * HEIGHTS.line), 'text-anchor': 'middle' }, text));
  }
  if (d !== '') layers.links.push(node('totals', 'path', { class: 'bracket', d }));
}

/**
 * @param {View} view
 * @param {number} seq
 */
function resultOf({ recording }, seq) {
  const event = recording.events[seq];
  return event?.kind === 'result' ? event : undefined;
}

/**
 * A broken rule: a red bracket from the first of its events to the last, and its words.
 * @param {Layers} layers
 * @param {Row & {kind: 'rule'}} row
 * @param {View} view
 */
export function drawRule(layers, row, view) {
  const { rule, lines, evidence, more, y } = row;
  const { recording, cursor, now, scale, left } = view;
  if (!isBroken(rule, view)) return;
  const known = rule.events.filter((seq) => seq < cursor);
  const [from, to] = rule.events.length === 0 ? [0, recording.end] : stretchOf(view, known);
  const [start, end] = [left + Math.max(scale.x(from), 0), left + Math.min(scale.x(Math.min(to, now)), scale.width)];
  if (end >= left && start <= left + scale.width) layers.links.push(node(`rule ${rule.slug}`, 'path', { class: 'broken', d: bracket(start - 2, Math.max(end, start + 4) + 2, y + 2) }));
  const width = left + scale.width;
  const x = width < 560 ? 8 : left;
  const words = [...lines.map((text) => ({ text, looks: 'rule' })), ...evidence.map((text) => ({ text, looks: 'evidence' }))];
  if (more > 0) words.push({ text: `${more} more ${more === 1 ? 'rule' : 'rules'} broken`, looks: 'evidence' });
  words.forEach(({ text, looks }, place) => {
    layers.words.push(node(`rule ${rule.slug} ${place}`, 'text', { class: looks, x: near(x), y: near(y + 24 + place * HEIGHTS.line) }, text));
  });
}

/**
 * Whether a rule has been broken by what is before the cursor.
 * @param {import('../api/playground.js').RuleReport} rule
 * @param {View} view
 */
export function isBroken({ events }, { recording, cursor }) {
  return events.length === 0 ? cursor >= recording.length : events.some((seq) => seq < cursor);
}

/**
 * From when to when events are, with what they begin.
 * @param {View} view
 * @param {number[]} seqs
 * @returns {[number, number]}
 */
function stretchOf({ recording, cursor, now }, seqs) {
  let [from, to] = [Infinity, -Infinity];
  for (const seq of seqs) {
    const event = recording.events[seq];
    if (event === undefined) continue;
    const use = event.kind === 'use' ? recording.tasks[event.task]?.uses.find((use) => use.seq === seq) : undefined;
    from = Math.min(from, event.at);
    to = Math.max(to, use === undefined ? event.at : use.ended < cursor ? use.to : now);
  }
  return [from, to];
}
