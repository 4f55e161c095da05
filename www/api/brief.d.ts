import type { ExerciseInfo } from './playground.js';

/** What a bench begins with: of its exercise what it shows, but the texts on mistakes, loaded when one is chosen. */
export type Brief = Pick<ExerciseInfo, 'slug' | 'title' | 'settings' | 'rules' | 'expected' | 'acts'> & {
  programs: { slug: string; title: string }[];
};
