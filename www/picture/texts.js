// Words in a picture: how wide they are, about, and where there is room for them.

/** About the width of a letter, in pixels, and of a bold one. */
export const LETTER = 7.2;
export const STRONG = 8;
/** Between two texts in one line, in pixels. */
const APART = 10;

/** @param {string} text */
export function widthOf(text) {
  return text.length * LETTER;
}

/**
 * A text, cut where it would be wider than the pixels it has.
 * @param {string} text
 * @param {number} pixels
 * @param {number} [letter]
 */
export function fitting(text, pixels, letter = LETTER) {
  const most = Math.max(Math.floor(pixels / letter), 3);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/**
 * A text, cut in its middle where it would be wider than the pixels it has: the ends of a value say most.
 * @param {string} text
 * @param {number} pixels
 */
export function shortened(text, pixels) {
  const most = Math.max(Math.floor(pixels / LETTER), 5);
  const before = Math.floor((most - 1) / 3);
  return text.length <= most ? text : `${text.slice(0, before)}…${text.slice(before + 1 - most)}`;
}

/**
 * A text in lines; what is too long for them is cut.
 * @param {string} text
 * @param {number} pixels the width of a line
 * @param {number} most how many lines
 */
export function wrapped(text, pixels, most) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && (widthOf(`${last} ${word}`) <= pixels || lines.length === most)) lines[lines.length - 1] = `${last} ${word}`;
    else if (word !== '') lines.push(word);
  }
  return lines.map((line) => fitting(line, pixels));
}

/** Lines below each other in which texts are put so that none covers another one. */
export class Lines {
  /** What is taken of each line, from the left to the right. @type {[number, number][][]} */
  #taken;
  /** @type {number} */
  #from;
  /** @type {number} */
  #to;

  /**
   * @param {number} count
   * @param {number} from the left end, in pixels
   * @param {number} to
   */
  constructor(count, from, to) {
    this.#taken = Array.from({ length: count }, () => []);
    [this.#from, this.#to] = [from, to];
  }

  /**
   * Finds a place for a text: the first of the wanted ones that is free, moved into the picture.
   * @param {number} width of the text
   * @param {number[]} starts where it may begin, in the order of preference
   * @returns {{line: number, x: number} | null}
   */
  put(width, starts) {
    if (width > this.#to - this.#from) return null;
    for (const taken of this.#taken) {
      for (const start of starts) {
        const x = Math.min(Math.max(start, this.#from), this.#to - width);
        if (taken.some(([from, to]) => x < to + APART && x + width > from - APART)) continue;
        taken.push([x, x + width]);
        return { line: this.#taken.indexOf(taken), x };
      }
    }
    return null;
  }
}
