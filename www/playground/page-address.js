// The address of a page follows its own bench, and a button copies the link to a run.
//
// Loaded when something has changed: an address that nobody has touched is right.

import { addressOf, writeAddress } from '../run/address.js';
import { copyLink } from './copy-link.js';

/**
 * @typedef {import('./controls.js').RunRequest} RunRequest
 * @typedef {object} PageAddress
 * @property {() => void} changed to be called after every change of controls or cursor
 * @property {(request: RunRequest) => void} offer the link to a run with these request
 * @property {() => void} cancel
 */

/** Browsers allow some hundred changes of the address in half a minute. */
const WRITE_AFTER_MS = 400;

/**
 * @param {import('./async-playground.js').AsyncPlayground} bench
 * @param {import('../api/brief.js').Brief} info
 * @param {import('./parts.js').Parts} parts
 * @returns {PageAddress}
 */
export function follow(bench, info, { controls, link }) {
  const { node, offer } = copyLink();
  link.replaceWith(node);
  let timer = 0;
  const write = () => {
    const request = controls.request();
    if ('error' in request) return;
    history.replaceState(history.state, '', writeAddress(addressOf(info, request, bench.cursor)) || location.pathname);
  };
  const cancel = () => clearTimeout(timer);
  return {
    changed() {
      cancel();
      if (bench.isConnected) timer = Number(setTimeout(write, WRITE_AFTER_MS));
    },
    offer: (request) => offer(location.origin + location.pathname + writeAddress(addressOf(info, request, null))),
    cancel,
  };
}
