/** `catalogue.js` is made of the library's registry when the site is built. */

import type { ExerciseInfo } from './playground.js';

declare const exercises: ExerciseInfo[];
/** In order of number. */
export default exercises;
/** The slugs of those that have a lean module; none where only the full one was built. */
export const lean: string[];
