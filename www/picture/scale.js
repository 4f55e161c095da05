// The scale of a picture: which part of the time is in view, milliseconds as pixels, and the labels of the axis.

/** The shortest time that can fill the view, in ms. */
const CLOSEST = 0.01;

export class Scale {
  /** The end of the run, in ms. */
  extent = 1;
  /** The time in view, in ms. */
  from = 0;
  to = 1;
  /** In pixels. */
  width = 1;

  /** Whether the whole run is in view. */
  get whole() {
    return this.from <= 0 && this.to >= this.extent;
  }

  /** @param {number} at in ms */
  x(at) {
    return ((at - this.from) / (this.to - this.from)) * this.width;
  }

  /** @param {number} x in pixels */
  at(x) {
    return this.from + (x / this.width) * (this.to - this.from);
  }

  /**
   * Sets the end of the run. A view of the whole run stays one.
   * @param {number} extent in ms
   */
  grow(extent) {
    const { whole } = this;
    // A run that takes no time is drawn over a millisecond.
    this.extent = extent > 0 ? Math.max(extent, CLOSEST) : 1;
    if (whole) this.fit();
    else this.#place(this.from, Math.min(this.to - this.from, this.extent));
  }

  fit() {
    [this.from, this.to] = [0, this.extent];
  }

  /**
   * Shows a stretch of time, as far as there is one.
   * @param {number} from
   * @param {number} to
   */
  show(from, to) {
    this.#place(from, Math.min(Math.max(to - from, CLOSEST), this.extent));
  }

  /**
   * @param {number} factor over 1 zooms in
   * @param {number} [at] the time that stays where it is, in ms
   */
  zoom(factor, at = (this.from + this.to) / 2) {
    const span = Math.min(Math.max((this.to - this.from) / factor, Math.min(CLOSEST, this.extent)), this.extent);
    const share = (at - this.from) / (this.to - this.from);
    this.#place(at - share * span, span);
  }

  /** @param {number} ms */
  pan(ms) {
    this.#place(this.from + ms, this.to - this.from);
  }

  /**
   * Moves the view so that a time is in it.
   * @param {number} at
   */
  reveal(at) {
    const span = this.to - this.from;
    if (at < this.from || at > this.to) this.#place(at - span / 2, span);
  }

  /**
   * @param {number} from
   * @param {number} span
   */
  #place(from, span) {
    this.from = Math.max(0, Math.min(from, this.extent - span));
    this.to = this.from + span;
  }

  /**
   * The labels of the axis that are in view.
   * @param {boolean} [whole] whether there is nothing between two whole numbers
   * @param {number} [apart] the least distance between two, in pixels
   */
  steps(whole = false, apart = whole ? 36 : 72) {
    const least = Math.max(((this.to - this.from) * apart) / this.width, whole ? 1 : 0);
    const power = 10 ** Math.floor(Math.log10(least));
    const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const steps = [];
    for (let count = Math.ceil(this.from / step - 1e-9); count * step <= this.to * (1 + 1e-9); count += 1) {
      steps.push({ at: count * step, label: (count * step).toFixed(digits) });
    }
    return steps;
  }
}

/**
 * Rounds a time up, so that the axis of a growing run changes rarely.
 * @param {number} at in ms
 */
export function roomFor(at) {
  if (at <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(at));
  return power * ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= at) ?? 10);
}
