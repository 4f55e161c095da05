// The events that broke a rule, each with what happened, and the lines of the reader's program where it broke. Loaded with the first
// rule that is broken.
//
// The button of an event has its place in the trace as its value. That of the lines fires `lines`, which bubbles.

import { h } from '../dom.js';
import { captionAt } from '../run/captions.js';
import { linesOf } from '../run/program-lines.js';
import { counted, milliseconds } from '../run/text.js';

/** @typedef {import('../run/recording.js').Recording} Recording */

/** More events than this are counted, not shown. */
const MOST_EVENTS = 5;

/**
 * @param {number[]} events their places
 * @param {Recording} recording
 */
export function brokenEvents(events, recording) {
  const found = events.slice(0, MOST_EVENTS).flatMap((seq) => recording.events[seq] ?? []);
  const more = events.length - found.length;
  return [
    recording.request.program === 'yours' && linesButton(linesOf(recording, events)),
    found.length > 0 &&
      h(
        'ol',
        { class: 'broke', role: 'list', 'aria-label': 'Events that break it' },
        ...found.map((event) =>
          h(
            'li',
            { 'data-seq': String(event.seq) },
            h('button', { type: 'button', class: 'at', value: event.seq, title: 'Show it in the picture' }, `#${event.seq}, ${milliseconds(event.at)} ms`),
            h('span', {}, captionAt(recording, event.seq + 1)),
          ),
        ),
        more > 0 && h('li', {}, `and ${counted(more, 'event')} more`),
      ),
  ];
}

/** @param {import('../run/program-lines.js').Lines | null} lines */
function linesButton(lines) {
  if (lines === null) return null;
  const { from, to } = lines;
  const where = from === to ? `At line ${from}` : `Between line ${from} and line ${to}`;
  const button = h('button', { type: 'button', class: 'small', title: 'Mark it in the program' }, `${where} of your program`);
  button.addEventListener('click', () => button.dispatchEvent(new CustomEvent('lines', { bubbles: true, detail: lines })));
  return button;
}
