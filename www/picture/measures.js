// A run in numbers, to compare it with another one.

import { milliseconds } from '../run/text.js';
import { WORDS, walk } from '../run/spans.js';

/**
 * @typedef {import('../run/recording.js').Recording} Recording
 * @typedef {{name: string, value: number, unit: string}} Measure
 */

/** Of a run with more tasks the waits are not added up: that would block the page. */
const MOST_SUMMED = 20_000;

/**
 * @param {Recording} recording of a run that is over
 * @returns {Measure[]}
 */
export function measures(recording) {
  const { ended, report } = recording;
  const all = [
    { name: 'elapsed', value: recording.end, unit: 'ms' },
    { name: 'tasks', value: ended?.tasks ?? recording.tasks.length, unit: '' },
    { name: 'lines', value: recording.logs.length, unit: '' },
    { name: 'rules broken', value: (report?.rules ?? []).filter(({ held }) => held === false).length, unit: '' },
  ];
  for (const [name, steps] of recording.gauges) {
    all.push({ name: `highest ${name}`, value: steps.reduce((most, { value }) => Math.max(most, value), 0), unit: '' });
  }
  if (recording.tasks.length > MOST_SUMMED) return all;
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const task of recording.tasks) {
    walk(recording, task, recording.length, ({ kind, on, from, to }) => {
      const what = kind === 'wait' ? `waiting for ${on}` : WORDS[kind];
      if (to > from) sums.set(what, (sums.get(what) ?? 0) + to - from);
    });
  }
  return [...all, ...[...sums].map(([what, value]) => ({ name: `${what}, all tasks`, value, unit: 'ms' }))];
}

/**
 * Two lists of measures side by side, by name.
 * @param {Measure[]} before
 * @param {Measure[]} after
 */
export function differences(before, after) {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.map((name) => {
    const [a, b] = [before, after].map((list) => list.find((measure) => measure.name === name));
    const unit = a?.unit ?? b?.unit ?? '';
    const [from, to] = [a?.value ?? 0, b?.value ?? 0];
    const change = to - from;
    return { name, unit, before: milliseconds(from), after: milliseconds(to), change: change === 0 ? 'same' : `${change > 0 ? '+' : '−'}${milliseconds(Math.abs(change))}` };
  });
}
