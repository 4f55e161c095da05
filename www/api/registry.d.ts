/** `registry.js` is made when the site is built, of what the library knows and what has been compiled. */

/** All exercises, in order of number. */
export const slugs: string[];
/** Those that have a lean module; none where only the full one was built. */
export const lean: string[];
/** The clocks that a run may have, the default first, with a title and a description. */
export const clocks: {clock: 'simulated' | 'real', label: string, hint: string}[];
/** How fast a simulated run is played: how long the whole of it takes, in milliseconds. */
export const speeds: {speed: Speed, label: string, ms: number}[];
export type Speed = 'slow' | 'normal' | 'once';
