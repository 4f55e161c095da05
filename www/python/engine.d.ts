/** `engine.js` is made when the site is built, of the pinned Pyodide. */

/** The folder with the worker and the programs of the exercises; null without Python. */
export const folder: string | null;
/** The folder of Pyodide; null without Python. */
export const engine: string | null;
/** The directory of the engine, beside that of the assets; null if the site was built without it. */
export const directory: string | null;
/** The names of its files. */
export const files: string[];
/** How many bytes are loaded before the first run, unpacked. */
export const size: number;
/** The beginning of Pyodide's lock file: what it was built for. */
export const info: Record<string, string>;
