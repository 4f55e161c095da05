/** What `src/web` exports: the contract between the wasm module and `engine.js`, its only importer. */

import type { Event, ExerciseInfo, Report, Row } from './playground.js';

/** wasm-bindgen's loader; fetches `async_playground_bg.wasm` beside this module unless told otherwise. */
export default function init(options?: { module_or_path: string | URL | Response | BufferSource }): Promise<unknown>;
export function catalogue(): ExerciseInfo[];
/** Throws `{code, message}`. */
export function compare(slug: string, lines: string[], live: boolean, finished: boolean): Row[];
/** Throws `{code, message}`. The sink must not throw. */
export function start(slug: unknown, options: unknown, sink: (events: Event[]) => void): Session;
/** Called just before the instance traps. */
export function onPanic(callback: (message: string) => void): void;

export class Session {
  private constructor();
  /** Settles when the run is done, and never after `stop`. */
  report(): Promise<Omit<Report, 'disturbed'>>;
  stop(): void;
  setSpeed(speed: number): void;
  free(): void;
}
