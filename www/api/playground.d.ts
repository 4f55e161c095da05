/// <reference lib="dom" />
/** The public module of the playground: run the exercises, watch them, compare outputs. */

export type Level = 'easy' | 'medium' | 'hard';
/** `simulated`: a clock that jumps to the next deadline. `real`: timers of this computer. */
export type ClockName = 'simulated' | 'real';
export type SettingValue = number | boolean | string | number[] | string[];
export type SettingValues = Record<string, SettingValue>;

interface SettingBase {
  name: string;
  label: string;
  unit: string | null;
}
export type IntSetting = SettingBase & { kind: 'int'; default: number; min: number; max: number };
export type BoolSetting = SettingBase & { kind: 'bool'; default: boolean };
export type ChoiceSetting = SettingBase & { kind: 'choice'; default: string; options: string[] };
export type IntsSetting = SettingBase & { kind: 'ints'; default: number[]; min: number; max: number; maxItems: number };
/** A list of distinct words out of `options`, possibly fewer than all. */
export type OrderSetting = SettingBase & { kind: 'order'; default: string[]; options: string[] };
export type Setting = IntSetting | BoolSetting | ChoiceSetting | IntsSetting | OrderSetting;

export interface Program {
  /** `correct` for the one without a mistake. */
  slug: string;
  title: string;
  mistake: Mistake | null;
}

/** A mistake that people really make. */
export interface Mistake {
  what: string;
  madeBy: string;
  /** The slug of the rule that it breaks, or `output`. */
  breaks: string;
  /** The settings at which it shows, spelled as on a command line; those not named at their default. */
  settings: Record<string, string>;
  /** It takes an unlucky order of tasks: it passes first come, first served, and fails with some seed. */
  needsOrder: boolean;
}

export interface ExerciseInfo {
  number: number;
  slug: string;
  title: string;
  level: Level;
  topics: string[];
  settings: Setting[];
  programs: Program[];
  rules: { slug: string; statement: string }[];
  /** The expected output as a reader sees it; wildcards are not spelled out. */
  expected: string[];
  /** How a run can be interfered with: whether its backend can be taken down, and how the names of tasks that can be cancelled begin. */
  interference: { backend: boolean; cancels: string | null };
  patterns: string[];
}

interface Stamped {
  seq: number;
  /** Milliseconds since the run began; fractions are possible. */
  at: number;
}
/** The line of the program that wrote, spawned or began to wait: the name of its file, and its number from 1. */
interface Placed {
  file?: string;
  row?: number;
}
export type LogEvent = Stamped & Placed & { kind: 'log'; task: number; line: string };
export type TaskEvent = Stamped & Placed & {
  kind: 'task';
  id: number;
  parent: number | null;
  name: string;
  phase: 'spawned' | 'started' | 'finished' | 'failed' | 'cancelled' | 'unfinished';
};
export type WaitEvent = Stamped & Placed & {
  kind: 'wait';
  task: number;
  on: string;
  /** The resource or the task that it waits for, where there is a particular one. */
  for: string | null;
  phase: 'begin' | 'end';
};
/** A task holds a resource: `of` is a connection, a fetch, a test call; `label` what the task does with it. */
export type UseEvent = Stamped & Placed & { kind: 'use'; task: number; of: string; label: string | null; phase: 'begin' | 'end' };
/** A task was woken or cancelled, which ends at least one of its waits; `by` is null for the clock, or something outside the run. */
export type WakeEvent = Stamped & { kind: 'wake'; task: number; by: number | null };
export type StateEvent = Stamped & { kind: 'state'; component: string; from: string; to: string };
export type GaugeEvent = Stamped & { kind: 'gauge'; name: string; value: number; limit: number | null };
export type ResultEvent = Stamped & { kind: 'result'; task: number; of: string; value: unknown };
/** An interference of the request took place. */
export type InterfereEvent = Stamped & { kind: 'interfere'; what: Interference['what']; task: number | null };
export type Event = LogEvent | TaskEvent | WaitEvent | UseEvent | WakeEvent | StateEvent | GaugeEvent | ResultEvent | InterfereEvent;

/** What is done to a run at a time: a task is cancelled, or its backend taken down or brought up again. */
export interface Interference {
  /** Milliseconds on the clock of the run. */
  at: number;
  what: 'cancel' | 'backend down' | 'backend up';
  /** The id of the task to cancel; null for the backend. */
  task: number | null;
}

export interface Row {
  status: 'matched' | 'mismatched' | 'missing' | 'extra' | 'pending';
  /** As a reader sees it; null for extra lines, and from the second line in an ellipsis on. */
  expected: string | null;
  /** Null for missing and pending lines, and for an ellipsis that stands for no line. */
  actual: string | null;
  /** An ellipsis, or a line that one stands for. */
  ellipsis: boolean;
  /** Where only blanks differ: both texts with these made visible. */
  blanks: { expected: string; actual: string } | null;
}

export interface RuleReport {
  slug: string;
  statement: string;
  /** Null if it was not judged: the run came late (see the report's verdict), or the program did not begin. */
  held: boolean | null;
  evidence: string;
  /** Sequence numbers of the events that prove it. */
  events: number[];
}

export interface Report {
  slug: string;
  program: string;
  clock: ClockName;
  seed: number | null;
  order: number[] | null;
  interfere: Interference[];
  settings: SettingValues;
  /**
   * `late`: a run in real time that did not pass only because the device was slow or busy; on simulated time the same run
   * passes. What its times would prove is not judged. `unjudged`: a program in Python that ran as it is.
   */
  verdict: 'passed' | 'failed' | 'late' | 'unjudged';
  /** The output is judged only with default settings, first come, first served, and without interference. */
  judged: 'output and rules' | 'rules' | 'nothing';
  rows: Row[];
  rules: RuleReport[];
  /** How the run ended if not well: an error of the program, a deadlock. */
  error: string | null;
  /** Interference that had no effect, a sentence for each: which, and why. */
  without_effect: string[];
  /** Milliseconds on the clock of the run. */
  elapsed: number;
  tasks: number;
  /** How many milliseconds more than on simulated time a run took whose verdict is `late`. */
  late?: number;
}

/** A remark of Python, such as: a coroutine was never awaited. */
export interface Note {
  message: string;
  line: number | null;
}

/** The report of a program in Python. Its `program` is `yours` or `as-it-is`, or `answer` for ours. */
export interface PythonReport extends Report {
  /** The line of the program that `error` is about, from 1. */
  line: number | null;
  notes: Note[];
  /** Whether the program is a whole one: it runs itself, or lacks what the exercise needs. As `as-it-is` it runs by itself. */
  is_whole: boolean;
}

/** What an exercise has in Python. */
export interface PythonSources {
  /** What a learner begins with. */
  starter: string;
  answer: string;
  /** What plays either. */
  scenario: string;
  /** Mistakes in Python, by slug. */
  mistakes: Record<string, string>;
  /** Settings that programs in Python do not have: they keep their default. */
  fixed: string[];
}

export interface RunOptions {
  /** `simulated` by default. */
  clock?: ClockName;
  settings?: SettingValues;
  /** `correct` by default. */
  program?: string;
  /** Draws the order of ready tasks on the simulated clock; first come, first served without one. */
  seed?: number;
  /** The n-th decision between ready tasks takes the one at the n-th of these positions; instead of a seed. */
  order?: number[];
  /** What is done to the run on the simulated clock. */
  interfere?: Interference[];
  /** Aborting it drops the run and rejects its promise with an `AbortError`. */
  signal?: AbortSignal;
  /**
   * Gets the new events in order, at most once a frame; what is left is delivered before the promise settles,
   * and nothing after an abort. An error it throws is reported and ends nothing.
   */
  onEvents?: (events: Event[]) => void;
}

/**
 * Instead of `program`, the source of a program in Python, which the exercise runs; or the program `answer`, which is our own in Python.
 * They run on simulated time.
 */
export type PythonProgram = { code: string; program?: 'yours' } | { program: 'answer'; code?: undefined };

/** A program in Python that runs itself, with its own `asyncio.run`: nothing is left out of it, and nothing is judged. */
export type ProgramAsItIs = { code: string; program: 'as-it-is' };

/** An order of tasks under which a run failed. `run` with `order`, or with `seed` where that is null, shows it. */
export interface Failure {
  /** The first seed that failed. */
  seed: number;
  /** The failing order with the fewest choices that was found: at each decision, which of the ready tasks goes first. */
  order: number[] | null;
  /** The rules that broke: in that order if there is one, else with the seed. */
  rules: RuleReport[];
  error: string | null;
}

/** The result of a search for an unlucky order of tasks. */
export interface Findings {
  slug: string;
  program: string;
  settings: SettingValues;
  /** How many orders there were to try. */
  seeds: number;
  /** How many were tried. */
  tried: number;
  /** Under how many of them every rule held. */
  held: number;
  /** Null if every rule held under all that were tried. */
  failure: Failure | null;
  /** Milliseconds of real time. */
  elapsed: number;
}

/** A moment at which two or more tasks were ready. The n-th entry of an order is about the n-th decision. */
export interface Decision {
  /** How many events there were in the trace. */
  seq: number;
  /** The ids of the tasks, the longest ready first: at most 50. Entry k of an order means the k-th of them. */
  ready: number[];
}

export interface SearchOptions {
  settings?: SettingValues;
  /** `correct` by default. */
  program?: string;
  /** How many orders to try: 1 to 1 000 000, 1000 by default. The seeds are 0, 1, 2 and so on. */
  seeds?: number;
  /** Ends the search after so many milliseconds, 1 to 3 600 000, with what has been found by then. */
  budget_ms?: number;
  /** Aborting it drops the search and rejects its promise with an `AbortError`. */
  signal?: AbortSignal;
  /** Is called with the progress of the search, at most once a frame. An error it throws is reported and ends nothing. */
  onProgress?: (progress: { tried: number; seeds: number }) => void;
}

export interface CheckOptions {
  signal?: AbortSignal;
  /** Is called with how many runs are done, of how many, at most once a frame. */
  onProgress?: (progress: { tried: number; runs: number }) => void;
}

/** The result of runs of a program in Python at other settings and in other orders. */
export interface CheckFindings {
  slug: string;
  program: string;
  /** How many runs there are. */
  runs: number;
  /** How many were made: all, or up to the first that failed. */
  tried: number;
  /** The first run that failed: `run` with its settings and seed shows it. */
  failure: { settings: SettingValues; seed: number | null; rules: RuleReport[]; error: string | null; line: number | null } | null;
  /** Milliseconds of real time. */
  elapsed: number;
}

export type ErrorCode =
  | 'unknown-exercise'
  | 'unknown-option'
  | 'unknown-setting'
  | 'unknown-program'
  | 'unknown-interference'
  | 'bad-value'
  /** A wasm module did not load, or `ready()` was not awaited. */
  | 'load'
  /** The wasm instance died; the next run gets a fresh one. */
  | 'trap';

export class PlaygroundError extends Error {
  constructor(code: ErrorCode, message: string, options?: ErrorOptions);
  readonly name: 'PlaygroundError';
  readonly code: ErrorCode;
}

/**
 * Loads the wasm module and the catalogue, once; rejects with code `load` where it cannot, and may be called again then.
 * With a slug, only what it takes to begin the correct run of that exercise with default settings: a smaller module, where
 * the site has one.
 * `run` loads what it needs by itself.
 */
export function ready(slug?: string): Promise<void>;
/** Loads Python, once; `run` waits for it by itself. Progress is in bytes, unpacked. */
export function ready(what: 'python', options?: { onProgress?: (progress: { loaded: number; total: number }) => void }): Promise<void>;

/** All exercises in order of number. Throws a `PlaygroundError` with code `load` before `ready()` is done. */
export function catalogue(): ExerciseInfo[];

/** Runs an exercise. Bad input is a rejected promise whose `PlaygroundError` names what is wrong and what is allowed. */
export function run(slug: string, options?: RunOptions): Promise<Report>;
/**
 * Runs a program in Python. One that does not even begin, or does not end, has a report with an `error` in words. Programs run
 * one after another.
 */
export function run(slug: string, options: Omit<RunOptions, 'program' | 'clock'> & (PythonProgram | ProgramAsItIs)): Promise<PythonReport>;

/**
 * Looks for an order of tasks under which a rule breaks: runs on simulated time under one seed after another, in slices
 * that leave the page responsive. Bad input is a rejected promise, as with `run`.
 */
export function search(slug: string, options?: SearchOptions): Promise<Findings>;
export function search(slug: string, options: Omit<SearchOptions, 'program'> & PythonProgram): Promise<Findings>;

/** Runs a program in Python at other settings and in other orders, the same each time, up to the first run that fails. */
export function check(slug: string, options: CheckOptions & PythonProgram): Promise<CheckFindings>;

/** What an exercise has in Python: the starter, our answer, and more. It loads no Python. */
export function sources(slug: string): Promise<PythonSources>;

/**
 * The decisions between ready tasks of a run on simulated time, with the options of `run` (its `order` is followed). There
 * are none to make for an order that is drawn from a seed. Bad input is a rejected promise, as with `run`.
 */
export function decisions(slug: string, options?: Omit<RunOptions, 'onEvents' | 'signal' | 'clock'>): Promise<Decision[]>;
export function decisions(slug: string, options: Omit<RunOptions, 'program' | 'onEvents' | 'signal' | 'clock'> & (PythonProgram | ProgramAsItIs)): Promise<Decision[]>;

/** Judges lines against an expected output; `finished: false` leaves what is to come pending. After `ready()`, without a slug. */
export function compare(
  slug: string,
  lines: string[],
  options?: { clock?: ClockName; finished?: boolean },
): Row[];

/**
 * `<async-playground exercise="ttl-cache">`: the playground of an exercise. Every property reflects its attribute, and may
 * change at any time; the page `/embed/` says what each of them takes.
 */
export interface AsyncPlaygroundElement extends HTMLElement {
  exercise: string;
  /** The slug of a mistake, or `correct`. */
  program: string;
  /** `simulated` or `real`. */
  clock: string;
  /** How a simulated run is played: `slow`, `normal` (about three seconds) or `once`. */
  speed: string;
  get seed(): string;
  set seed(seed: string | number | null);
  /** Positions with commas; may be set as a list. */
  get order(): string;
  set order(order: string | number[] | null);
  /** `120 cancel 3,400 backend down`; may be set as a list. */
  get interfere(): string;
  set interfere(interfere: string | Interference[] | null);
  /** `callers=8 ttl_ms=300`; may be set as an object. */
  get settings(): string;
  set settings(settings: string | SettingValues | null);
  /** `auto`, which follows the `color-scheme` of the page, `light` or `dark`. */
  theme: string;
  /** Runs once when it comes into sight. */
  autorun: boolean;
  /** `full`, or `picture`: Run, the picture and the verdict alone, 420 px high. */
  size: string;
  /** Run, Stop, the output, and the panels that `show` names. */
  compact: boolean;
  /** What cannot be changed: some of `clock speed program seed settings`, names of settings, or `all`. */
  lock: string;
  /** Some of `prose source rules picture code`. */
  show: string;
  /** Starts a run; one that is going on is stopped first. */
  run(): void;
  stop(): void;

  addEventListener<Name extends keyof PlaygroundEvents>(
    name: Name,
    listener: (event: CustomEvent<PlaygroundEvents[Name]>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(name: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

/** What the events of the element have as their `detail`. They bubble, also out of shadow roots. */
export interface PlaygroundEvents {
  /** The playground can be used. */
  ready: { exercise: string };
  /** A run has begun. */
  start: { exercise: string };
  /** New lines, at most once a frame. */
  log: { exercise: string; events: LogEvent[] };
  /** A run is over. */
  verdict: { exercise: string; report: Report };
  /** The reader's own program was judged. */
  attempt: {
    exercise: string;
    verdict: Report['verdict'];
    /** The slugs of the rules that it broke. */
    broken: string[];
    error: string | null;
    settings: SettingValues;
    /** Since the editor was opened. */
    seconds: number;
    /** The program that was run. */
    code: string;
  };
  /** It passed. */
  solved: { exercise: string; seconds: number; code: string };
  /** A value was refused, something did not load, or a run broke down. */
  error: { exercise: string; error: unknown };
}

declare global {
  interface HTMLElementTagNameMap {
    'async-playground': AsyncPlaygroundElement;
  }
}
