// Plays a recording: moves a cursor over its events as time passes.
//
// A simulated run is whole before it is played, so it is played on its own axis of time, and how long that takes does not
// depend on how long the run took. A run in real time plays itself: the cursor stays at the end of what there is.

import { nextFrame } from '../api/frames.js';
import { speeds } from '../api/registry.js';

/** @typedef {import('./recording.js').Recording} Recording */

/** A cursor in a recording. */
export class Player {
  recording = /** @type {Recording | null} */ (null);
  /** How many events are shown. */
  cursor = 0;
  /** @type {import('../api/registry.js').Speed} */
  speed = 'normal';
  /** The time at the play head, in ms, while it is between two events. @type {number | null} */
  #head = null;
  #following = false;
  /** Ends the playing. @type {(() => void) | null} */
  #cancel = null;
  #changed;
  #still;

  /**
   * @param {() => void} changed is called whenever what is to be shown has changed
   * @param {() => boolean} still whether nothing may move: then a run is played at once
   */
  constructor(changed, still) {
    this.#changed = changed;
    this.#still = still;
  }

  get playing() {
    return this.#cancel !== null;
  }

  get length() {
    return this.recording?.length ?? 0;
  }

  get atEnd() {
    return this.cursor === this.length && this.#head === null;
  }

  /** The time at the play head, in ms; that of the run's end where the cursor is at its end. */
  get time() {
    const { recording } = this;
    if (recording === null) return 0;
    return this.#head ?? (this.cursor === this.length ? recording.end : recording.timeAt(this.cursor));
  }

  /**
   * Takes a recording.
   * @param {Recording} recording
   * @param {boolean} following whether the cursor stays at the end of a recording that grows, until it is moved
   * @param {number} [cursor] where it is shown first: a link looks at a part of the picture that has no start in it
   */
  load(recording, following, cursor = 0) {
    this.#stop();
    [this.recording, this.cursor, this.#following] = [recording, Math.min(cursor, recording.length), following];
    this.#changed();
  }

  /** The recording has grown, or is whole. */
  grow() {
    if (this.#following) this.cursor = this.length;
    this.#changed();
  }

  /** @param {number} [from] in ms; the time at the cursor by default, or the start if that is the end */
  play(from = this.atEnd ? 0 : this.time) {
    const { recording } = this;
    this.#stop();
    if (recording === null) return;
    this.#following = false;
    const { end } = recording;
    let [at, last] = [from, performance.now()];
    const move = () => {
      const duration = this.#still() ? 0 : (speeds.find(({ speed }) => speed === this.speed)?.ms ?? 0);
      const now = performance.now();
      at = duration === 0 ? end : at + ((now - last) * end) / duration;
      last = now;
      if (at >= end) return this.seek(this.length);
      this.#cancel = nextFrame(move);
      [this.cursor, this.#head] = [recording.cursorAt(at), at];
      this.#changed();
    };
    [this.cursor, this.#head] = [recording.cursorBefore(from), from];
    this.#cancel = () => {};
    move();
  }

  pause() {
    this.#stop();
    this.#changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** @param {number} cursor a number of events; one that is too large is the end */
  seek(cursor) {
    this.#stop();
    this.cursor = Math.min(Math.max(Math.round(cursor), 0), this.length);
    this.#following = this.cursor === this.length;
    this.#changed();
  }

  /** @param {number} by how many events on, or back */
  step(by) {
    this.seek(this.cursor + by);
  }

  #stop() {
    this.#cancel?.();
    [this.#cancel, this.#head] = [null, null];
  }
}
