// What the tests hold every exercise to, told independently of the library: end times, and outputs by pattern.

import { readFileSync } from 'node:fs';

import { BROWSER } from './launch.js';

/** Slug and virtual end of the default run, in ms. */
export const EXERCISES = [
  { slug: 'request-handler', end: 100 },
  { slug: 'concurrent-requests', end: 1100 },
  { slug: 'background-task', end: 200 },
  { slug: 'health-check', end: 50 },
  { slug: 'connection-pool', end: 150 },
  { slug: 'request-timeout', end: 250 },
  { slug: 'request-id', end: 50 },
  { slug: 'ttl-cache', end: 800 },
  { slug: 'circuit-breaker', end: 600 },
  { slug: 'middleware-chain', end: 50 },
  // Burst 5 at 5 a second: the sixth fetch starts at 200 ms and takes 100.
  { slug: 'full-service', end: 300 },
];

/** Each of them, or three where it is to be seen only that another browser than Chromium does as well. */
export const SAMPLE = BROWSER === 'chromium' ? EXERCISES : EXERCISES.filter(({ slug }) => /^(ttl|circuit|full)-/.test(slug));

/**
 * Says what is wrong with a output, or null. A regular expression over the whole text stands in for the matcher.
 * @param {string} slug
 * @param {string[]} lines
 * @param {{live: boolean}} clock
 */
export function wrongWith(slug, lines, { live }) {
  const file = new URL(`../../../src/exercises/${slug.replaceAll('-', '_')}/expected.txt`, import.meta.url);
  const expected = readFileSync(file, 'utf8').trimEnd().split('\n');
  /** @type {{value: number, tolerance: number}[]} */
  const times = [];
  const pattern = expected.map((line) => (line === '...' ? '(?:.*\\n)*?' : `${linePattern(line, live, times)}\\n`));
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
 * @param {boolean} live
 * @param {{value: number, tolerance: number}[]} times
 */
function linePattern(line, live, times) {
  const parts = line.split(/(\{XXXX:hex\}|\{X\.XX:number\}|\{[\d.]+:±[\d.]+\})/);
  return parts
    .map((part) => {
      if (part === '{XXXX:hex}') return '[0-9a-f]+';
      if (part === '{X.XX:number}') return '\\d+\\.\\d+';
      const [, value = '', tolerance] = /^\{([\d.]+):±([\d.]+)\}$/.exec(part) ?? [];
      if (tolerance === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      if (!live) return value.replace('.', '\\.');
      times.push({ value: Number(value), tolerance: Number(tolerance) });
      return '(\\d+\\.\\d+)';
    })
    .join('');
}
