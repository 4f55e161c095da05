// What the tests expect of every exercise, independently of the library: end times, and outputs by pattern.

import { readFileSync, readdirSync } from 'node:fs';

import { BROWSER } from './launch.js';

/**
 * Each exercise, from its file in `exercises`, in order of number: its slug, the end of its default run in ms, and whether it can
 * be interfered with.
 * @type {{slug: string, number: number, end: number, interference: boolean}[]}
 */
export const EXERCISES = await Promise.all(
  readdirSync(new URL('../exercises', import.meta.url)).map(async (file) => ({ slug: file.replace('.js', ''), ...(await import(`../exercises/${file}`)).default })),
);
EXERCISES.sort((a, b) => a.number - b.number);

/** Each of them, or three where it is to be seen only that another browser than Chromium does as well. */
export const SAMPLE = BROWSER === 'chromium' ? EXERCISES : EXERCISES.filter(({ slug }) => /^(ttl|circuit|full)-/.test(slug));

/**
 * Returns what is wrong with an output, or null. A regular expression over the whole text stands in for the matcher.
 * @param {string} slug
 * @param {string[]} lines
 * @param {{real: boolean}} clock
 */
export function wrongWith(slug, lines, { real }) {
  const file = new URL(`../../../src/exercises/${slug.replaceAll('-', '_')}/expected.txt`, import.meta.url);
  const expected = readFileSync(file, 'utf8').trimEnd().split('\n');
  /** @type {{value: number, tolerance: number}[]} */
  const times = [];
  const pattern = expected.map((line) => (line === '...' ? '(?:.*\\n)*?' : `${linePattern(line, real, times)}\\n`));
  const text = lines.map((line) => `${line}\n`).join('');
  const found = new RegExp(`^${pattern.join('')}$`).exec(text);
  if (found === null) return `expected\n${expected.join('\n')}\nbut got\n${text}`;
  const off = times.filter(({ value, tolerance }, index) => thousandths(Math.abs(Number(found[index + 1]) - value)) > thousandths(tolerance));
  return off.length === 0 ? null : `not within tolerance of ${off[0]?.value}:\n${text}`;
}

/** What is exactly at its tolerance is within, which fractions do not tell: 1.05 - 1 is more than 0.05. @param {number} value */
const thousandths = (value) => Math.round(value * 1000);

/**
 * @param {string} line
 * @param {boolean} real
 * @param {{value: number, tolerance: number}[]} times
 */
function linePattern(line, real, times) {
  const parts = line.split(/(\{XXXX:hex\}|\{X\.XX:number\}|\{[\d.]+:±[\d.]+\})/);
  return parts
    .map((part) => {
      if (part === '{XXXX:hex}') return '[0-9a-f]+';
      if (part === '{X.XX:number}') return '\\d+\\.\\d+';
      const [, value = '', tolerance] = /^\{([\d.]+):±([\d.]+)\}$/.exec(part) ?? [];
      if (tolerance === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      if (!real) return value.replace('.', '\\.');
      times.push({ value: Number(value), tolerance: Number(tolerance) });
      return '(\\d+\\.\\d+)';
    })
    .join('');
}
