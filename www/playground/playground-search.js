// `<playground-search>`: searches for an unlucky order of tasks, shows its progress, and can be stopped.
//
// Loaded when its button is pressed first; that and the line for the result are there from the start (see parts.js).
// Fires `found`, bubbling, with the failing seed in its detail.

import { Base, define, h, unlessMoved } from '../dom.js';
import { errorText } from '../run/status.js';
import { counted } from '../run/text.js';
import { search } from '../api/calls.js';

/**
 * @typedef {import('../api/playground.js').Findings} Findings
 * @typedef {import('./controls.js').RunRequest} RunRequest
 * @typedef {import('./controls.js').Refused} Refused
 */

const SEEDS = 1000;
/** A longer search has to be started again. */
const BUDGET_MS = 20_000;

export class PlaygroundSearch extends Base {
  #start = /** @type {HTMLButtonElement | null} */ (null);
  #stop = /** @type {HTMLButtonElement | null} */ (null);
  #bar = /** @type {HTMLProgressElement | null} */ (null);
  #result = /** @type {HTMLElement | null} */ (null);
  #going = /** @type {AbortController | null} */ (null);

  connectedCallback() {
    if (this.#start === null) this.#render();
  }

  disconnectedCallback() {
    unlessMoved(this, () => this.stop());
  }

  #render() {
    this.#start = this.querySelector('button');
    this.#stop = h('button', { type: 'button', hidden: true }, 'Stop the search');
    this.#bar = h('progress', { max: SEEDS, value: 0, hidden: true, 'aria-label': 'Orders tried' });
    this.#result = this.querySelector('.told');
    this.#stop.addEventListener('click', () => this.stop());
    this.#start?.after(this.#stop, this.#bar);
  }

  /**
   * Searches with the request of the playground; a search that goes on is stopped first.
   * @param {string} slug
   * @param {RunRequest | Refused} request
   */
  async start(slug, request) {
    this.stop();
    if ('error' in request) {
      this.#say(request.error);
      request.field?.focus();
      return;
    }
    const going = new AbortController();
    this.#going = going;
    this.#busy(true);
    this.#say('Searching…');
    let tried = 0;
    try {
      const findings = await search(slug, {
        program: request.program,
        settings: request.settings,
        seeds: SEEDS,
        budget_ms: BUDGET_MS,
        signal: going.signal,
        onProgress: (/** @type {{tried: number}} */ progress) => {
          tried = progress.tried;
          if (this.#bar !== null) this.#bar.value = tried;
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
      const what = failure.rules.length === 0 ? 'does not end well' : 'breaks a rule';
      this.#say(`The ${ordinal(tried)} order ${what}. It is shown above.`);
      this.dispatchEvent(new CustomEvent('found', { bubbles: true, detail: { seed: failure.seed } }));
      return;
    }
    const rest = tried < seeds ? ` ${BUDGET_MS / 1000} s were not enough for all ${seeds}.` : '';
    this.#say(`Every rule held under ${held} of ${counted(tried, 'order')} tried.${rest}`);
  }

  /** @param {string} text */
  #say(text) {
    if (this.#result !== null) this.#result.textContent = text;
  }

  /** @param {boolean} busy */
  #busy(busy) {
    const [start, stop, bar] = [this.#start, this.#stop, this.#bar];
    if (start === null || stop === null || bar === null) return;
    // The focus must not be lost with the button that had it.
    const root = /** @type {ShadowRoot | Document} */ (this.getRootNode());
    const hadFocus = root.activeElement === (busy ? start : stop);
    [start.hidden, stop.hidden, bar.hidden] = [busy, !busy, !busy];
    if (busy) bar.value = 0;
    if (hadFocus) (busy ? stop : start).focus();
  }
}

/** @param {number} number */
function ordinal(number) {
  const teens = number % 100 >= 11 && number % 100 <= 13;
  return `${number}${(teens ? undefined : ['th', 'st', 'nd', 'rd'][number % 10]) ?? 'th'}`;
}

define('playground-search', PlaygroundSearch);
