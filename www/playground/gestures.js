// Mouse, touch and keys on a picture. Dragging moves the view, or on the axis the cursor; Ctrl with the wheel and two
// fingers zoom, at the pointer; a click chooses a task. Vertical scrolling stays the page's.

import { AXIS } from '../picture/draw.js';

/**
 * @typedef {object} Host
 * @property {() => import('../picture/scale.js').Scale} scale
 * @property {() => number} left the width of the labels
 * @property {() => void} changed the view of the time has changed
 * @property {(at: number) => void} seek
 * @property {(y: number, at: number) => void} choose
 * @property {(by: number) => void} move choose another task, so many down
 * @property {(factor: number) => void} zoom zoom in, or out with a factor under 1, where there is no pointer
 */

/** So much closer each press of a button or a key zooms in. */
export const CLOSER = 1.6;
/** A press that moves less than this is a click. */
const SLACK = 4;

/**
 * @param {HTMLElement} pane
 * @param {Host} host
 */
export function gestures(pane, host) {
  /** The pointers that are down. @type {Map<number, {x: number, y: number}>} */
  const down = new Map();
  /** @type {'press' | 'pan' | 'seek' | 'pinch' | null} */
  let doing = null;
  let start = { x: 0, y: 0 };

  const place = (/** @type {MouseEvent} */ event) => {
    const box = pane.getBoundingClientRect();
    return { x: event.clientX - box.left - host.left(), y: event.clientY - box.top };
  };
  const onAxis = (/** @type {{y: number}} */ { y }) => y < AXIS;
  const clamped = (/** @type {number} */ at) => Math.min(Math.max(at, 0), host.scale().extent);

  pane.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.clientX > pane.getBoundingClientRect().left + pane.clientWidth) return;
    const at = place(event);
    down.set(event.pointerId, at);
    start = at;
    doing = down.size === 2 ? 'pinch' : onAxis(at) ? 'seek' : 'press';
    if (doing === 'seek') {
      pane.setPointerCapture(event.pointerId);
      host.seek(clamped(host.scale().at(at.x)));
    }
  });

  const lift = (/** @type {PointerEvent} */ event) => {
    down.delete(event.pointerId);
    if (down.size === 0) doing = null;
    // The remaining finger moves the view.
    else if (doing === 'pinch') doing = 'pan';
  };

  pane.addEventListener('pointermove', (event) => {
    // The button was released outside the pane.
    if (event.buttons === 0) lift(event);
    const before = down.get(event.pointerId);
    if (before === undefined) return;
    const at = place(event);
    if (doing === 'press' && Math.abs(at.x - start.x) > SLACK) {
      doing = 'pan';
      pane.setPointerCapture(event.pointerId);
    }
    if (doing === 'seek') host.seek(clamped(host.scale().at(at.x)));
    if (doing === 'pan') {
      const { scale } = { scale: host.scale() };
      scale.pan(scale.at(before.x) - scale.at(at.x));
      host.changed();
    }
    if (doing === 'pinch') {
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      const [was, is] = [Math.abs(before.x - (other?.x ?? 0)), Math.abs(at.x - (other?.x ?? 0))];
      if (was > 8 && is > 8) {
        host.scale().zoom(is / was, host.scale().at((at.x + (other?.x ?? 0)) / 2));
        host.changed();
      }
    }
    down.set(event.pointerId, at);
  });

  pane.addEventListener('pointerup', (event) => {
    const at = place(event);
    if (doing === 'press' && down.has(event.pointerId) && Math.abs(at.y - start.y) <= SLACK) {
      host.choose(at.y + pane.scrollTop, host.scale().at(Math.max(at.x, 0)));
    }
    lift(event);
  });
  pane.addEventListener('pointercancel', lift);

  pane.addEventListener(
    'wheel',
    (event) => {
      const scale = host.scale();
      const along = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) scale.zoom(Math.exp(-event.deltaY / 300), scale.at(place(event).x));
      else if (Math.abs(along) > Math.abs(event.deltaY) || event.shiftKey) scale.pan(scale.at(along) - scale.at(0));
      else return;
      event.preventDefault();
      host.changed();
    },
    { passive: false },
  );

  pane.addEventListener('keydown', (event) => {
    const scale = host.scale();
    const step = (scale.to - scale.from) / 8;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowUp') host.move(-1);
    else if (event.key === 'ArrowDown') host.move(1);
    else if (event.shiftKey && event.key === 'ArrowLeft') scale.pan(-step);
    else if (event.shiftKey && event.key === 'ArrowRight') scale.pan(step);
    else if (event.key === '+' || event.key === '=') host.zoom(CLOSER);
    else if (event.key === '-') host.zoom(1 / CLOSER);
    else if (event.key === '0') scale.fit();
    else return;
    event.preventDefault();
    event.stopPropagation();
    host.changed();
  });
}
