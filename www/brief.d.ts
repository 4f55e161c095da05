import type { ExerciseInfo } from './playground.js';

/** What a bench begins with: an exercise without the texts on its mistakes, which are loaded when one is chosen. */
export type Brief = Omit<ExerciseInfo, 'variants'> & { variants: { slug: string; title: string }[] };
