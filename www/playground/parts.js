// The parts of a playground, and where they stand. What a page may style from outside has a `part`.

import './playground-setting.js';
import './playground-rules.js';
import './playground-output.js';
import './playground-verdict.js';

import { h } from '../dom.js';
import { playgroundControls } from './controls.js';

/** @typedef {ReturnType<typeof playgroundParts>} Parts */

const TABS = ['Program', 'Picture', 'Output', 'Rules'];
/** The places of the tabs. */
export const PROGRAM = 0;
export const PICTURE = 1;
export const RULES = 3;

/**
 * @param {import('../api/brief.js').Brief} info
 * @param {() => void} help
 */
export function playgroundParts(info, help) {
  const controls = playgroundControls(info);
  const playground = h('section', { class: 'playground', 'aria-label': `Playground: ${info.title}` });
  const refusals = h('div', { class: 'refusal', role: 'alert', hidden: true });
  const write = h('button', { type: 'button', class: 'write' }, 'Write it yourself in Python');
  const parts = {
    frame: h('div', { class: 'frame' }, refusals, playground),
    refusals,
    playground,
    controls,
    verdict: h('playground-verdict'),
    summary: h('p', { class: 'summary' }),
    output: h('playground-output', { part: 'output' }),
    note: h('p', { class: 'note' }),
    rules: h('playground-rules', { part: 'rules', tabIndex: 0, role: 'region', 'aria-label': 'Rules' }),
    // The program in Rust stands between the tags of a page of ours.
    program: h('section', { class: 'code', part: 'program', 'aria-label': 'Program' }, write, h('slot', { name: 'program' })),
    write,
    link: h('div', { hidden: true }),
    player: h('div', { class: 'player', part: 'picture' }),
    status: h('p', { class: 'visually-hidden', role: 'status' }),
  };
  const keys = h('button', { type: 'button', class: 'quiet keys', 'aria-label': 'Help', title: 'Help' }, '?');
  keys.addEventListener('click', help);
  const standing = h('div', { class: 'standing', part: 'status' }, parts.verdict, parts.summary, parts.link, keys);
  const top = h('div', { class: 'top' }, controls.buttons, standing, controls.more);
  const lines = h('div', { class: 'lines', tabIndex: 0, role: 'region', 'aria-label': 'Output' }, parts.output, parts.note);
  const panels = [parts.program, parts.player, lines, parts.rules];
  const tabs = TABS.map((name) => h('button', { type: 'button' }, name));
  /** On a phone one panel is in sight. @param {number} place its place among the tabs */
  const turnTo = (place) => {
    panels.forEach((panel, at) => panel.toggleAttribute('data-off', at !== place));
    tabs.forEach((tab, at) => tab.setAttribute('aria-pressed', String(at === place)));
  };
  tabs.forEach((tab, at) => tab.addEventListener('click', () => turnTo(at)));
  turnTo(PICTURE);
  const bar = h('div', { class: 'panel-tabs', role: 'group', 'aria-label': 'Panels' }, ...tabs);
  playground.append(top, bar, h('div', { class: 'panels' }, ...panels), h('div', { class: 'below' }, controls.programs, controls.settings), parts.status);
  return { ...parts, turnTo, tabs };
}
