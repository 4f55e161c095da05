// The script of the worker: it loads Pyodide, closes the ways out, and plays one program after another.
//
// It sends `{loaded}` while it loads, then `{ready}` or `{failed}`; while a program runs `{line}`, as a sign of life, and
// `{refused}` when it needs too much memory; `{over}` when it has ended; and for each request `{outcome, spent}` or `{broken}`.

import { close } from './closed.js';
import { engine, folder, info } from './engine.js';
import { fromTheSameState } from './memory.js';

/** A program may use this much memory. stop.py says so too. */
const MOST_BYTES = 256 << 20;
/** A heap never shrinks. One that has grown so much is worth another worker. */
const SPENT_BYTES = 96 << 20;
const PAGE = 1 << 16;

/** How each browser says that the stack is full. */
const FULL_STACK = /call stack|recursion/;
const NESTED = 'calls, values or expressions are nested too deeply in each other';

const PACKAGE = '/lib/playground.zip';
const SIGNS = '/dev/signs';

const scope = /** @type {{postMessage: (message: unknown) => void, fetch: typeof fetch}} */ (/** @type {unknown} */ (globalThis));
const send = scope.postMessage.bind(globalThis);

load().then(
  (play) => {
    addEventListener('message', ({ data }) => send(play(data)));
    close();
    // Pyodide writes there that it broke down. The page says it in its place.
    console.error = () => {};
    send({ ready: true });
  },
  (error) => send({ failed: error instanceof Error ? error.message : String(error) }),
);

/** Loads everything. Returns what plays a request, given and answered as JSON. */
async function load() {
  const memory = limitMemory();
  const [{ loadPyodide }, packed] = await Promise.all([
    import(`${engine}pyodide.js`),
    fetch(`${folder}playground.zip`).then((response) => bytes(response)),
  ]);
  const options = {
    indexURL: engine,
    stdLibURL: `${engine}library.zip`,
    // Given here, since it would be fetched otherwise.
    lockFileContents: { info, packages: {} },
    env: { PYTHONHASHSEED: '0' },
    jsglobals: {},
    stdout: () => {},
    stderr: () => {},
  };
  const pyodide = await new Promise((resolve, reject) => {
    countLoaded(reject);
    loadPyodide(options).then(resolve, reject);
  });
  pyodide.FS.writeFile(PACKAGE, packed);
  listenForSigns(pyodide.FS);
  const run = pyodide.runPython(`import sys\nsys.path.insert(0, '${PACKAGE}')\nimport playground.run\nplayground.run`);
  const { _module: module } = pyodide;
  const play = fromTheSameState(module, run, SIGNS);
  return (/** @type {string} */ request) => {
    memory.refused = false;
    try {
      return { outcome: play(request), spent: module.HEAP8.length > SPENT_BYTES };
    } catch (error) {
      // The interpreter itself has failed. The last line says how; the others are a traceback through files of ours.
      const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
      const last = lines.at(-1) ?? '';
      return { broken: FULL_STACK.test(last) ? NESTED : last };
    }
  };
}

/**
 * Refuses memory beyond the limit: Python then raises a MemoryError. A program may catch it and go on, so the host gets a message,
 * once a run.
 */
function limitMemory() {
  const state = { refused: false };
  const { grow } = WebAssembly.Memory.prototype;
  /** @param {number} pages @this {WebAssembly.Memory} */
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * PAGE <= MOST_BYTES) return grow.call(this, pages);
    if (!state.refused) send({ refused: true });
    state.refused = true;
    throw new RangeError('the program needs too much memory');
  };
  return state;
}

/**
 * Reports how much of what Pyodide fetches has come.
 * @param {(error: unknown) => void} fail Pyodide itself waits for ever for what does not load
 */
function countLoaded(fail) {
  const { fetch } = scope;
  let loaded = 0;
  scope.fetch = async (address) => {
    try {
      const response = await fetch(address);
      if (!response.ok || response.body === null) throw new Error(`status ${response.status} for ${new URL(response.url).pathname}`);
      const counted = response.body.pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            loaded += chunk.length;
            send({ loaded });
            controller.enqueue(chunk);
          },
        }),
      );
      return new Response(counted, { headers: { 'content-type': response.headers.get('content-type') ?? '' } });
    } catch (error) {
      fail(error);
      throw error;
    }
  };
}

/** @param {Response} response */
async function bytes(response) {
  if (!response.ok) throw new Error(`status ${response.status} for ${new URL(response.url).pathname}`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Makes the device to which Python writes the line of a program that is running.
 * @param {any} files the file system of Pyodide
 */
function listenForSigns(files) {
  const device = files.makedev(64, 0);
  files.registerDevice(device, {
    open: () => {},
    // It is closed when the program has ended. Only the answer has to be written then.
    close: () => send({ over: true }),
    /** @param {unknown} _stream @param {Uint8Array} buffer @param {number} offset @param {number} length */
    write(_stream, buffer, offset, length) {
      send({ line: Number(new TextDecoder().decode(buffer.slice(offset, offset + length))) || null });
      return length;
    },
  });
  files.mkdev(SIGNS, device);
}
