/** What `src/web` exports: the contract between the wasm modules and `modules.js`, their only importer. */

import type { Decision, Event, Findings, Report, Row } from './playground.js';

/** What the module is to be instantiated with. */
export function imports(): WebAssembly.Imports;
/** Makes the instance that of this glue, and gives its memory. */
export function finish(instance: WebAssembly.Instance, module: WebAssembly.Module): WebAssembly.Memory;
/**
 * Starts a run; the sink gets its events in batches, and must not throw. `request` is one object: `exercise`, and any of
 * `program`, `settings`, `seed`, `order`, `interfere` and `clock`. A lean module has the correct program of one exercise.
 * Throws `{code, message}`.
 */
export function start(request: unknown, sink: (events: Event[]) => void): Session;
/** Called just before the instance traps. */
export function onPanic(callback: (message: string) => void): void;

/** How a run ended: `error` if the program did not catch one, `stuck` with the tasks that wait for ever, if any do. */
export type Ended = Pick<Report, 'error' | 'elapsed' | 'tasks'> & { stuck: Stuck[] };

export interface Stuck {
  task: string;
  waits: { on: string; for: string | null }[];
}

export class Session {
  private constructor();
  /** Settles when the run has ended, and never after `stop`. */
  outcome(): Promise<Ended>;
  /** Drops the run with all its tasks and timers; the sink gets no more events. */
  stop(): void;
  /** The report of this run, which has ended; only the full module has it. */
  judge(): Promise<Report>;
  free(): void;
}

// Only the full module has the rest.

/**
 * The report of a run elsewhere, made of its whole trace and its end. Rejects with `{code, message}` for a wrong
 * request, and with an error for events that no run gives.
 */
export function judge(request: unknown, events: Event[], ended: Ended): Promise<Report>;
/** The rows of an output so far beside the expected one. Throws `{code, message}`. */
export function compare(slug: unknown, lines: unknown, options: unknown): Row[];
/**
 * Tries the orders of tasks that the seeds 0, 1, 2 and so on draw, in slices. `request` is as for `start`, with `seeds`
 * and `budget_ms`; its own order and clock are ignored. `onProgress` must not throw. Throws `{code, message}`.
 */
export function search(request: unknown, onProgress: (tried: number, seeds: number) => void): SearchSession;

/**
 * The moments at which two or more tasks were ready, in a run on simulated time; none for an order drawn from a seed.
 * Rejects with `{code, message}`.
 */
export function decisions(request: unknown): Promise<Decision[]>;

export class SearchSession {
  private constructor();
  /** Settles when the search is over, and never after `stop`. */
  findings(): Promise<Omit<Findings, 'elapsed'>>;
  stop(): void;
  free(): void;
}
