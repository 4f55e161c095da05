// What is kept of an exercise in this browser, such as the reader's code; for as long as the page where storage is refused.

const CODE = 'async-playground:code:';

/** What storage did not take, by key; null for what it did not remove. @type {Map<string, string | null>} */
const refused = new Map();

export class Kept {
  #key;

  /**
   * @param {string} slug
   * @param {string} [what] the beginning of its key
   */
  constructor(slug, what = CODE) {
    this.#key = what + slug;
  }

  /** @returns {string | null} null if there is none */
  get code() {
    const here = refused.get(this.#key);
    if (here !== undefined) return here;
    try {
      return localStorage.getItem(this.#key);
    } catch {
      return null;
    }
  }

  set code(code) {
    refused.delete(this.#key);
    try {
      if (code === null) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, code);
    } catch {
      // Storage may be full, off, or forbidden.
      refused.set(this.#key, code);
    }
  }
}
