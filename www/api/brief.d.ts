import type { ExerciseInfo } from './playground.js';

/** What a playground needs of its exercise at first; the texts on mistakes are loaded when one is chosen. */
export type Brief = Pick<ExerciseInfo, 'slug' | 'title' | 'settings' | 'rules' | 'expected' | 'interference'> & {
  programs: { slug: string; title: string }[];
};
