// What a bench is made of, and where its parts stand. What a page may style from outside has a `part`.

import './playground-setting.js';
import './playground-rules.js';
import './playground-output.js';
import './playground-verdict.js';

import { h } from '../dom.js';
import { benchControls } from './controls.js';

/** @typedef {ReturnType<typeof benchParts>} Parts */

/**
 * @param {import('../api/brief.js').Brief} info
 * @param {() => void} help shows the keys
 */
export function benchParts(info, help) {
  const controls = benchControls(info);
  const bench = h('section', { class: 'bench', part: 'bench', 'aria-label': `Bench: ${info.title}` });
  const refusals = h('div', { class: 'refusal', role: 'alert', hidden: true });
  const parts = {
    frame: h('div', { class: 'frame' }, refusals, bench),
    refusals,
    bench,
    controls,
    verdict: h('playground-verdict', { part: 'verdict' }),
    summary: h('p', { class: 'summary' }),
    output: h('playground-output', { part: 'output' }),
    note: h('p', { class: 'note' }),
    rules: h('playground-rules', { part: 'rules' }),
    search: search(info.slug, controls),
    link: h('div', { hidden: true }),
    replay: h('div', { class: 'replay', part: 'timeline', hidden: true }),
    status: h('p', { class: 'visually-hidden', role: 'status' }),
  };
  const keys = h('button', { type: 'button', class: 'quiet keys', 'aria-label': 'Keys', title: 'Keys' }, '?');
  keys.addEventListener('click', help);
  const standing = h('div', { class: 'standing' }, parts.verdict, parts.summary, parts.link, keys);
  const top = h('div', { class: 'top', part: 'controls' }, standing, controls.bar, controls.mistake);
  const main = h('div', { class: 'main' }, parts.output, parts.note, parts.replay, parts.rules, parts.search);
  bench.append(top, h('div', { class: 'body' }, controls.settings, main), parts.status);
  return parts;
}

/**
 * A search is rare: what it takes is loaded when it is asked for.
 * @param {string} slug
 * @param {import('./controls.js').Controls} controls
 */
function search(slug, controls) {
  const start = h('button', { type: 'button' }, 'Find a failing schedule');
  const told = h('p', { class: 'told', role: 'status' });
  const element = h(
    'playground-search',
    {},
    h('h3', {}, 'Schedules'),
    h('p', { class: 'aside' }, 'Tasks that are ready at the same moment may run in any order. Some mistakes show only in an unlucky one.'),
    h('div', { class: 'row' }, start),
    told,
  );
  start.addEventListener('click', () => {
    import('./playground-search.js').then(
      () => element.start(slug, controls.request()),
      () => (told.textContent = 'The search did not load.'),
    );
  });
  return element;
}
