// What is kept of an exercise in this browser, such as the reader's code; for as long as the page where storage is refused.

const CODE = 'async-playground:code:';

export class Kept {
  #key;
  /** @type {string | null} */
  #here = null;

  /**
   * @param {string} slug
   * @param {string} [what] the beginning of its key
   */
  constructor(slug, what = CODE) {
    this.#key = what + slug;
  }

  /** @returns {string | null} null if there is none */
  get code() {
    try {
      return this.#here ?? localStorage.getItem(this.#key);
    } catch {
      return this.#here;
    }
  }

  set code(code) {
    this.#here = code;
    try {
      if (code === null) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, code);
    } catch {
      // Storage may be full, off, or forbidden.
    }
  }
}
