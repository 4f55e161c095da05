// The runs of a playground: one at a time is computed, then played while it is judged, then reported. Loaded when the
// reader turns to the playground.

import { Recording, brokenAt } from '../run/recording.js';
import { Player } from '../run/player.js';
import { record } from '../run/record.js';
import { note, progress, stopped, verdictOf } from '../run/verdict.js';
import { outputAt, rulesAt } from '../run/at-cursor.js';
import { eased } from '../api/frames.js';
import { PlaygroundError } from '../api/errors.js';
import { fire } from '../dom.js';
import { leadTo } from './refused.js';

/**
 * @typedef {import('../api/playground.js').Event} Event
 * @typedef {import('../run/status.js').State} State
 * @typedef {object} Host
 * @property {(recording: Recording, output: import('../run/at-cursor.js').Output, rules: import('../run/at-cursor.js').Rule[]) => void} show
 *   shows a run at a cursor
 * @property {(said: {state: State, text: string, word?: string, often?: boolean}) => void} say says how the run stands; `often` while it
 *   goes on; `word` instead of that of the state
 * @property {(text: string) => void} note
 * @property {(error: unknown) => void} failed says why a run could not be made
 * @property {() => void} started
 */

export class Runs {
  /** @type {HTMLElement} */
  #element;
  /** @type {import('../api/brief.js').Brief} */
  #info;
  /** @type {import('./controls.js').Controls} */
  #controls;
  /** @type {Host} */
  #host;
  /** Aborts the run that is computed or judged. @type {AbortController | null} */
  #computing = null;
  /** Whether the verdict waits until the run has been played. */
  #verdictDue = false;
  /** Whether the run is to show a mistake: it is played up to where its first rule is broken, beside the correct program. */
  shows = false;
  /** Whether it is still on its way there. */
  #toBroken = false;
  /** The recording of a run that goes on is shown again and again, which must not take the time that the run needs. */
  #growth = eased(() => this.player.grow());
  player = new Player(
    () => this.#changed(),
    () => matchMedia('(prefers-reduced-motion: reduce)').matches,
  );

  /**
   * @param {HTMLElement} element fires `start`, `log`, `verdict` and `error`
   * @param {import('../api/brief.js').Brief} info
   * @param {import('./controls.js').Controls} controls
   * @param {Host} host
   */
  constructor(element, info, controls, host) {
    [this.#element, this.#info, this.#controls, this.#host] = [element, info, controls, host];
    this.player.speed = controls.speed();
  }

  /** Whether a run is computed, judged, or played for the first time. */
  get going() {
    return this.#computing !== null || this.#verdictDue;
  }

  /**
   * Starts a run; one that goes on is stopped first.
   * @param {{cursor?: number | undefined, from?: number | undefined, shows?: boolean}} [how] the cursor at which the run is shown at once, or
   *   the time in ms from which it is played; the start unless given. `shows`: whether it is to show a mistake
   */
  start({ cursor, from, shows = false } = {}) {
    this.stop();
    [this.shows, this.#toBroken] = [shows, shows];
    const request = this.#controls.request();
    if ('error' in request) {
      this.#host.say({ state: 'before', text: request.error });
      return leadTo(request);
    }
    const recording = new Recording(this.#info, request);
    const computing = new AbortController();
    this.#computing = computing;
    // One that is shown at once would only make the buttons flicker.
    if (cursor === undefined) this.#controls.running(true);
    this.#host.note(note(recording));
    // What is shown stays where the run is the same up to some time, or is shown at once when it is there.
    if (request.clock === 'real' || (from === undefined && cursor === undefined)) this.player.load(recording, request.clock === 'real');
    this.#host.started();
    fire(this.#element, 'start', { exercise: this.#info.slug });
    const computed = () => {
      if (this.#computing !== computing) return;
      this.#growth.cancel();
      if (this.player.recording !== recording) this.player.load(recording, false, cursor);
      if (cursor !== undefined) this.player.seek(cursor);
      else if (request.clock === 'real') this.player.grow();
      else this.player.play(from ?? 0);
    };
    const loading = (/** @type {number} */ share) => {
      if (this.#computing === computing) this.#host.say({ state: 'running', text: `Loading Python: ${Math.round(100 * share)} %`, often: true });
    };
    record(recording, computing.signal, (events) => this.#grown(recording, events), computed, loading).then(
      () => {
        if (this.#computing !== computing) return;
        this.#computing = null;
        this.#verdictDue = true;
        this.#changed();
      },
      (error) => this.#failed(computing, error),
    );
  }

  /** Ends the run that goes on, if there is one; what is there of it can still be read. */
  stop() {
    if (!this.going) return;
    this.#computing?.abort();
    [this.#computing, this.#verdictDue] = [null, false];
    this.#growth.cancel();
    this.#controls.running(false);
    const said = stopped(this.player);
    this.player.pause();
    this.#host.say({ state: 'stopped', text: said });
  }

  /** What the controls ask for. */
  request() {
    return this.#controls.request();
  }

  /**
   * Computes the run again with other parts of its request, and plays it on from where it differs.
   * @param {Partial<import('../run/request.js').RunRequest>} parts undefined for the default
   * @param {number} [from] before this time, in ms, it is the same as the one that is shown; the start unless given
   */
  again(parts, from) {
    for (const [name, value] of Object.entries(parts)) this.#controls.set(/** @type {'order'} */ (name), value);
    this.start({ from });
  }

  /**
   * @param {Recording} recording
   * @param {Event[]} events
   */
  #grown(recording, events) {
    if (this.player.recording === recording) this.#growth.call();
    const logs = events.filter((event) => event.kind === 'log');
    // Last: a listener may end the run.
    if (logs.length > 0) fire(this.#element, 'log', { exercise: this.#info.slug, events: logs });
  }

  /** Shows the run at the cursor. */
  show() {
    const { recording, cursor } = this.player;
    if (recording !== null) this.#host.show(recording, outputAt(recording, cursor), rulesAt(recording, cursor));
  }

  #changed() {
    this.show();
    const { recording, playing, cursor } = this.player;
    if (recording === null) return;
    if (this.#verdictDue && this.#toBroken && cursor >= brokenAt(recording)) {
      this.#toBroken = false;
      return this.player.seek(brokenAt(recording));
    }
    if (this.#verdictDue && !playing) this.#conclude(recording);
    else if (this.going) this.#host.say({ state: 'running', text: progress(recording, this.player), often: true });
  }

  /** The run has been played, or the reader has moved the cursor. @param {Recording} recording */
  #conclude(recording) {
    const { report } = recording;
    if (report === null) return;
    this.#verdictDue = false;
    this.#controls.running(false);
    const stopped = this.shows && !this.player.atEnd ? ' It stands where the first rule breaks. Play goes on from there.' : '';
    this.#host.note(note(recording) + stopped);
    this.#host.say(verdictOf(recording));
    this.show();
    fire(this.#element, 'verdict', { exercise: this.#info.slug, report });
  }

  /**
   * @param {AbortController} computing
   * @param {unknown} error
   */
  #failed(computing, error) {
    if (this.#computing !== computing) return;
    this.#computing = null;
    this.#growth.cancel();
    this.player.grow();
    this.#controls.running(false);
    const trapped = error instanceof PlaygroundError && error.code === 'trap';
    const text = trapped ? 'The playground itself broke down. Run starts it afresh.' : 'The run could not be made.';
    this.#host.say({ state: 'error', text });
    this.#host.failed(error);
    fire(this.#element, 'error', { exercise: this.#info.slug, error });
  }
}
