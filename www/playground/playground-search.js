// `<playground-search>`: looks for an order of tasks under which a rule breaks, shows how far it is, and can be stopped.
//
// It is loaded when its button is pressed first; that, and the line in which it tells how it goes, stand in it from the
// start (see bench-parts.js).
// Fires `found`, bubbling, with the failing seed in its detail.

import { Base, define, h } from '../dom.js';
import { counted, sentence } from '../run/text.js';
import { search } from '../api/engine.js';

/**
 * @typedef {import('../api/playground.js').Findings} Findings
 * @typedef {import('./controls.js').RunRequest} RunRequest
 * @typedef {import('./controls.js').Refused} Refused
 */

const SEEDS = 1000;
/** Whoever waits longer than this wants to be asked again. */
const BUDGET_MS = 20_000;

export class PlaygroundSearch extends Base {
  #start = /** @type {HTMLButtonElement | null} */ (null);
  #stop = /** @type {HTMLButtonElement | null} */ (null);
  #bar = /** @type {HTMLProgressElement | null} */ (null);
  #told = /** @type {HTMLElement | null} */ (null);
  #going = /** @type {AbortController | null} */ (null);

  connectedCallback() {
    if (this.#start === null) this.#render();
  }

  disconnectedCallback() {
    this.stop();
  }

  #render() {
    this.#start = this.querySelector('button');
    this.#stop = h('button', { type: 'button', hidden: true }, 'Stop the search');
    this.#bar = h('progress', { max: SEEDS, value: 0, hidden: true, 'aria-label': 'Schedules tried' });
    this.#told = this.querySelector('.told');
    this.#stop.addEventListener('click', () => this.stop());
    this.#start?.after(this.#stop, this.#bar);
  }

  /**
   * Searches with the request of the bench; a search that is going on is stopped first.
   * @param {string} slug
   * @param {RunRequest | Refused} request
   */
  async start(slug, request) {
    this.stop();
    if ('error' in request) {
      this.#tell(request.error);
      request.field?.focus();
      return;
    }
    const going = new AbortController();
    this.#going = going;
    this.#busy(true);
    this.#tell('Searching…');
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
      const text = stopped ? `Stopped after ${counted(tried, 'schedule')}; every rule held so far.` : sentence(error instanceof Error ? error.message : String(error));
      if (this.#going === going || this.#going === null) this.#tell(text);
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
      const broken = failure.rules.map((rule) => `“${rule.statement}”`).join(' ');
      const what = broken === '' ? sentence(failure.error) : `It breaks ${broken}`;
      this.#tell(`Seed ${failure.seed} fails: ${counted(tried, 'schedule')} tried, ${held} held. ${what}`);
      this.dispatchEvent(new CustomEvent('found', { bubbles: true, detail: { seed: failure.seed } }));
      return;
    }
    const rest = tried < seeds ? ` ${BUDGET_MS / 1000} s were not enough for all ${seeds}.` : '';
    this.#tell(`Every rule held under ${held} of ${counted(tried, 'schedule')} tried.${rest}`);
  }

  /** @param {string} text */
  #tell(text) {
    if (this.#told !== null) this.#told.textContent = text;
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

define('playground-search', PlaygroundSearch);
