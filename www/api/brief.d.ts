import type { ExerciseInfo } from './playground.js';

/** What a playground needs of its exercise at first; the texts on mistakes are loaded when one is chosen. */
export type Brief = Pick<ExerciseInfo, 'slug' | 'title' | 'settings' | 'rules' | 'expected' | 'interference'> & {
  programs: { slug: string; title: string }[];
  /** How its runs are drawn and told; without it they are drawn plainly. */
  picture?: PictureInfo;
};

/** What is said of some resources. In `of` one `*` stands for any text. */
export interface LaneInfo {
  of: string;
  /** It is drawn as a light outline: its task mostly waits. */
  light?: boolean;
  /** What is written in the lane of a task that holds it, and of one that waits until another one has it no more. */
  holds?: string;
  joins?: string;
  /** The verbs of a caption. */
  begin?: string;
  end?: string;
  /** After a use with a result that begins with `after`, it is fresh for the time of a setting. */
  fresh?: { setting: string; after: string };
  /** The setting that says how long a use may take. */
  deadline?: string;
}

/** The looks of a dot. */
export type DotLook = 'ok' | 'failed' | 'refused' | 'gone';

/** An exercise's `picture.json`: its lanes and its words. xtask checks it. Names are patterns, in which one `*` stands for any text. */
export interface PictureInfo {
  /** The sentence across the picture before the first run. */
  invitation: string;
  /** Resources and components without a lane. */
  hide?: string[];
  /** Tasks without a lane: their resources say all that they do. */
  hideTasks?: string[];
  lanes?: LaneInfo[];
  /** For a component's states: how good it is, and its words from the longest to the shortest. */
  states?: Record<string, Record<string, string[]>>;
  /** What a wait is for, in words, by the trace's own word. */
  waits?: Record<string, string>;
  /** Results that are written: in a row of their own, at the lane of a resource, or else at that of the task; a bare one is its word alone. */
  answers?: { of: string; row?: string; lane?: string; word?: string; bare?: boolean }[];
  /** Results at which a time is over, which is drawn as a bracket: from 0, or since another result. */
  totals?: { of: string; word: string; unit: 's' | 'ms'; since?: string }[];
  /** Results that are dots in the lane of their task, with a ring while it holds the resource `ring`. */
  dots?: { marks: { of: string; where?: Record<string, string>; look: DotLook }[]; ring: string };
  /** Resources that are boxes in each other. The last one is the innermost, where the work is. */
  nest?: string[];
  /** Results that are ids: each a coloured label in the lane of its task. */
  chips?: { of: string[]; all: string; none: string; left: string };
  /** Stages that tasks walk through, from the first to the last; a use with a label of `stops` goes no further. */
  walk?: { stages: string[]; number: string; name: string; stops: { label: string; look: 'ring' | 'cross' }[]; tasks: string };
}
