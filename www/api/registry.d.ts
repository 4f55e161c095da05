/** `registry.js` is made when the site is built, of what the library knows and what has been compiled. */

/** All exercises, in order of number. */
export const slugs: string[];
/** Those that have a lean module; none where only the full one was built. */
export const lean: string[];
