// What is wrong with a program, and the settings and the order of tasks at which it shows. Loaded when a mistake is chosen.

import { search } from '../api/calls.js';
import { mistakeOf } from '../api/engine.js';
import { coded } from '../dom.js';
import { sentence } from '../run/text.js';

/** Orders of tasks that are tried, for a mistake that takes an unlucky one. */
const SEEDS = 1000;

/**
 * @param {string} slug of the exercise
 * @param {string} program
 */
export async function about(slug, program) {
  const mistake = await mistakeOf(slug, program);
  return mistake === null ? null : coded(`${sentence(mistake.what)} ${sentence(mistake.madeBy)}`);
}

/**
 * Sets the controls to where the mistake of their program shows.
 * @param {string} slug of the exercise
 * @param {import('./controls.js').Controls} controls
 */
export async function setToShow(slug, controls) {
  const { program } = controls;
  const mistake = await mistakeOf(slug, program);
  if (mistake === null) return;
  for (const name of /** @type {const} */ (['clock', 'seed', 'order', 'interfere'])) controls.set(name, undefined);
  controls.setSettings(mistake.settings);
  const request = controls.request();
  if (!mistake.needsOrder || 'error' in request) return;
  const { failure } = await search(slug, { program, settings: request.settings, seeds: SEEDS });
  if (failure === null || controls.program !== program) return;
  if (failure.order === null) controls.set('seed', failure.seed);
  else controls.set('order', failure.order);
}
