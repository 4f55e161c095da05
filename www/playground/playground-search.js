// `<playground-search>`: searches for an unlucky order of tasks, shows its progress, and can be stopped.
//
// Fires `found` with what makes the run fail: the order with the fewest choices, or a seed where that is all that is known.

import { Base, define, h, unlessMoved } from '../dom.js';
import { errorText } from '../run/status.js';
import { counted } from '../run/text.js';
import { search } from '../api/calls.js';
import { leadTo } from './refused.js';

/**
 * @typedef {import('../api/playground.js').Findings} Findings
 * @typedef {import('./controls.js').RunRequest} RunRequest
 * @typedef {import('./controls.js').Refused} Refused
 */

const SEEDS = 1000;
/** A longer search has to be started again. */
const BUDGET_MS = 20_000;

export class PlaygroundSearch extends Base {
  /** What is searched with; to be set before it is used. @type {() => RunRequest | Refused} */
  request = () => ({ error: '', field: null });
  #parts = /** @type {ReturnType<PlaygroundSearch['render']> | null} */ (null);
  #going = /** @type {AbortController | null} */ (null);

  connectedCallback() {
    this.#parts ??= this.render();
  }

  disconnectedCallback() {
    unlessMoved(this, () => this.stop());
  }

  render() {
    const start = h('button', { type: 'button', class: 'small', title: 'Tries other orders of the ready tasks, until a rule breaks' }, 'Find an unlucky order');
    const stop = h('button', { type: 'button', class: 'small', hidden: true }, 'Stop the search');
    const bar = h('progress', { max: SEEDS, value: 0, hidden: true, 'aria-label': 'Orders tried' });
    const told = h('p', { role: 'status' });
    start.addEventListener('click', () => void this.start());
    stop.addEventListener('click', () => this.stop());
    this.replaceChildren(start, stop, bar, told);
    return { start, stop, bar, told };
  }

  /** Searches with the request of the playground; a search that goes on is stopped first. */
  async start() {
    this.stop();
    const request = this.request();
    if ('error' in request) {
      this.#say(request.error);
      return leadTo(request);
    }
    const going = new AbortController();
    this.#going = going;
    this.#busy(true);
    this.#say('Searching…');
    const { program, code } = request;
    let tried = 0;
    try {
      const findings = await search(request.exercise, {
        ...(code === undefined ? { program } : { code }),
        settings: request.settings,
        seeds: SEEDS,
        budget_ms: BUDGET_MS,
        signal: going.signal,
        onProgress: (/** @type {{tried: number}} */ progress) => {
          tried = progress.tried;
          if (this.#parts !== null) this.#parts.bar.value = tried;
        },
      });
      if (this.#going === going) this.#conclude(findings);
    } catch (error) {
      const stopped = error instanceof DOMException && error.name === 'AbortError';
      const text = stopped ? `Stopped after ${counted(tried, 'order')}; every rule held so far.` : errorText(error);
      if (this.#going === going || this.#going === null) this.#say(text);
    } finally {
      if (this.#going === going) this.#going = null;
      if (this.#going === null) this.#busy(false);
    }
  }

  /** Ends the search, if one is going on. */
  stop() {
    const going = this.#going;
    this.#going = null;
    going?.abort();
  }

  /** @param {Findings} findings */
  #conclude({ tried, held, seeds, failure }) {
    if (failure !== null) {
      const { order } = failure;
      const what = failure.rules.length === 0 ? 'does not end well' : 'breaks a rule';
      this.#say(order?.length === 0 ? `First come, first served ${what} already.` : order === null ? `The order drawn from seed ${failure.seed} ${what}.` : '');
      this.dispatchEvent(new CustomEvent('found', { detail: order === null ? { seed: failure.seed } : { order: order.length === 0 ? undefined : order } }));
      return;
    }
    const rest = tried < seeds ? ` ${BUDGET_MS / 1000} s were not enough for all ${seeds}.` : '';
    this.#say(`Every rule held under ${held} of ${counted(tried, 'order')} tried.${rest}`);
  }

  /** @param {string} text */
  #say(text) {
    if (this.#parts !== null) this.#parts.told.textContent = text;
  }

  /** @param {boolean} busy */
  #busy(busy) {
    if (this.#parts === null) return;
    const { start, stop, bar } = this.#parts;
    // The focus must not be lost with the button that had it.
    const root = /** @type {ShadowRoot | Document} */ (this.getRootNode());
    const hadFocus = root.activeElement === (busy ? start : stop);
    [start.hidden, stop.hidden, bar.hidden] = [busy, !busy, !busy];
    if (busy) bar.value = 0;
    if (hadFocus) (busy ? stop : start).focus();
  }
}

define('playground-search', PlaygroundSearch);
