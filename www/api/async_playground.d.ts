/** What `src/web` exports: the contract between the wasm modules and `modules.js`, their only importer. */

import type { Event, Findings, Report, Row } from './playground.js';

/** What the module is to be instantiated with. */
export function imports(): WebAssembly.Imports;
/** Makes the instance that of this glue, and gives its memory. */
export function finish(instance: WebAssembly.Instance, module: WebAssembly.Module): WebAssembly.Memory;
/** Only the full module can. Throws `{code, message}`. */
export function compare(slug: unknown, lines: unknown, options: unknown): Row[];
/** Only the full module can. Throws `{code, message}`. The sink must not throw. */
export function start(slug: unknown, options: unknown, sink: (events: Event[]) => void): Session;
/**
 * Starts the exercise of a lean module, correct and with its default settings; only that can. `clock`: 0 is live, 1 instant,
 * 2 paced. The sink must not throw.
 */
export function begin(clock: number, speed: number, sink: (events: Event[]) => void): Session;
/** How a run ended, before anything of it is judged. */
export type Ended = Pick<Report, 'error' | 'elapsed' | 'tasks'>;

/**
 * The report of a run with these options, by its whole trace and its end. Only the full module can.
 * Throws `{code, message}`.
 */
export function judge(slug: unknown, options: unknown, events: Event[], ended: Ended): Omit<Report, 'disturbed'>;
/**
 * Tries the orders of tasks that the seeds 0, 1, 2 and so on draw, in slices; only the full module can.
 * Throws `{code, message}`. `onProgress` must not throw.
 */
export function search(slug: unknown, options: unknown, onProgress: (tried: number, seeds: number) => void): SearchSession;
/** Called just before the instance traps. */
export function onPanic(callback: (message: string) => void): void;

export class Session {
  private constructor();
  /** Settles when the run is done, and never after `stop`: with its report, or from a lean module with its end. */
  outcome(): Promise<Omit<Report, 'disturbed'> | Ended>;
  stop(): void;
  /** Of no effect where it is not from 0.05 to 20. */
  setSpeed(speed: number): void;
  /**
   * Takes a hand in a paced run; only the full module can. Says whether that changed anything.
   * Throws `{code, message}`.
   */
  act(what: unknown, task?: number): boolean;
  free(): void;
}

export class SearchSession {
  private constructor();
  /** Settles when the search is over, and never after `stop`. */
  findings(): Promise<Omit<Findings, 'elapsed'>>;
  stop(): void;
  free(): void;
}
