// Plays the run that the index shows beside its headline, in the place of its still picture. Loaded when Play is pressed.

import { read } from '../api/files.js';
import { pictureAt } from '../picture/still.js';
import { render } from '../playground/svg.js';
import { Player } from '../run/player.js';
import { Recording } from '../run/recording.js';

/** @param {Element} button in the figure whose pictures move */
export async function playStampede(button) {
  const run = JSON.parse(await read('exercises/stampede.json'));
  const recording = Recording.of(run.events, run.about, run.settings);
  recording.report = run.report;
  const drawings = [...(button.closest('figure')?.querySelectorAll('svg') ?? [])];
  for (const drawing of drawings) drawing.replaceChildren();
  const player = new Player(
    () => drawings.forEach((drawing) => draw(drawing, recording, player, run.title)),
    () => false,
  );
  player.load(recording, false);
  player.play();
}

/**
 * @param {SVGElement} drawing
 * @param {Recording} recording
 * @param {Player} player
 * @param {string} title
 */
function draw(drawing, recording, { cursor, time }, title) {
  const width = Number(drawing.getAttribute('width'));
  const { content } = pictureAt(recording, { width, title, cursor, now: time });
  if (typeof content !== 'string') render(drawing, content);
}
