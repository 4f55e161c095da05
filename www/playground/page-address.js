// The address and the statement of a page follow its playground, and a button copies the link to a run.
//
// Loaded when something has changed, or the reader turns to the statement: until then both are right as they are.

import { addressOf, writeAddress } from '../run/address.js';
import { isPython } from '../run/request.js';
import { copyLink } from './copy-link.js';
import { explain } from './explain.js';
import { sentence } from './sentence.js';

/**
 * @typedef {object} PageAddress
 * @property {() => void} changed to be called after every change of controls or cursor
 * @property {() => void} cancel
 */

/** Browsers allow some hundred changes of the address in half a minute. */
const WRITE_AFTER_MS = 400;

/**
 * @param {import('./async-playground.js').AsyncPlayground} playground
 * @param {import('./parts.js').Parts} parts
 * @returns {PageAddress}
 */
export function follow(playground, { controls, link, note }) {
  /** @param {import('../run/request.js').RunRequest} request */
  const query = (request) => {
    const { player, view } = playground;
    const plain = writeAddress(addressOf(request, controls.speed()));
    const shown = player?.recording?.request;
    // A cursor is one in the run that is shown, and none in a run that is still to be made.
    if (player === null || shown === undefined || player.playing || JSON.stringify(shown) !== JSON.stringify(request)) return plain;
    const { axis = 'time', zoom = null } = view?.look ?? {};
    // A link to the end of a run, looked at in the usual way, is one to press Run.
    // Code of a link is not run by itself.
    const cursor = isPython(request.program) || (player.atEnd && axis === 'time' && zoom === null) ? null : player.cursor;
    return writeAddress(addressOf(request, controls.speed(), { cursor, axis, zoom }));
  };
  const { node, offer } = copyLink(async () => {
    const request = playground.player?.recording?.request;
    const code = request?.code === undefined ? '' : await import('../editor/shared.js').then(({ toHash }) => toHash(request.code ?? ''));
    return location.origin + location.pathname + (request ? query(request) : '') + code;
  }, (error) => void explain(note, error, 'There is no link to this run: '));
  link.replaceWith(node);
  const showSettings = sentence(controls);
  /** The run that the link is to. @type {import('../run/recording.js').Recording | null} */
  let linked = null;
  let timer = 0;
  const write = () => {
    const request = controls.request();
    if (!('error' in request)) history.replaceState(history.state, '', (query(request) || location.pathname) + location.hash);
  };
  const cancel = () => clearTimeout(timer);
  return {
    changed() {
      cancel();
      showSettings();
      const recording = playground.player?.recording ?? null;
      if (recording !== linked) void offer();
      linked = recording;
      if (playground.isConnected) timer = Number(setTimeout(write, WRITE_AFTER_MS));
    },
    cancel,
  };
}
