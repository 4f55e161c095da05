// How fast a run is played.

/** How long a whole run is played, in ms. */
export const DURATIONS = { slow: 12_000, normal: 3_000, once: 0 };

/** @typedef {keyof typeof DURATIONS} Speed */

export const SPEEDS = /** @type {Speed[]} */ (Object.keys(DURATIONS));
