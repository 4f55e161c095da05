// The state of an interpreter, which is put back before each run: whatever a program changes, the next one does not find it.
//
// All of Python is in the memory of its WebAssembly module: modules, classes, hooks, the addresses by which sets are ordered.
// Outside of it are open files and the working directory, which are put back too, and files, which cannot be written.

/** POSIX's number for a file system that is read-only, as WASI has it. */
const READ_ONLY = 69;
/** What changes files. Programs cannot reach the tables, so these are refused for good. */
const CHANGES = { dir: ['mknod', 'rename', 'unlink', 'rmdir', 'symlink', 'setattr'], file: ['setattr'] };

/**
 * Makes an interpreter play each request from the same state.
 * @param {any} module the WebAssembly module of Pyodide
 * @param {any} python python/playground/run.py
 * @param {string} [signs] the device for signs of life
 * @returns {(request: string) => string}
 */
export function fromTheSameState(module, { begin, prepare, run_json: play }, signs) {
  refuseChanges(module.FS);
  begin();
  const loaded = new State(module);
  const prepared = new State(module);
  let before = '';
  loaded.keep();
  return (request) => {
    const { program, scenario } = JSON.parse(request);
    const now = JSON.stringify([program, scenario]);
    if (now === before) prepared.putBack();
    else {
      before = '';
      loaded.putBack();
      prepare(program, scenario);
      prepared.keep();
      before = now;
    }
    return play(request, signs);
  };
}

class State {
  #module;
  /** What is in use, by the address where it begins: what lies below the stack, and from its top on. @type {Map<number, Uint8Array>} */
  #memory = new Map();
  /** @type {any[]} */
  #streams = [];
  #directory = '';

  /** @param {any} module */
  constructor(module) {
    this.#module = module;
  }

  keep() {
    const { FS, HEAPU8: memory, _emscripten_stack_get_end: stackEnd, stackSave: stackTop, _sbrk: heapEnd } = this.#module;
    this.#memory = new Map([[0, memory.slice(0, stackEnd())], [stackTop(), memory.slice(stackTop(), heapEnd(0))]]);
    this.#streams = [...FS.streams];
    this.#directory = FS.cwd();
  }

  putBack() {
    const { FS, HEAPU8: memory } = this.#module;
    for (const [begin, bytes] of this.#memory) memory.set(bytes, begin);
    FS.streams.splice(0, FS.streams.length, ...this.#streams);
    this.#streams.forEach((stream, fd) => stream && Object.assign(stream, { fd }));
    FS.chdir(this.#directory);
  }
}

/** @param {any} FS */
function refuseChanges(FS) {
  const refuse = () => {
    throw new FS.ErrnoError(READ_ONLY);
  };
  const tables = FS.filesystems.MEMFS.ops_table;
  for (const [kind, names] of Object.entries(CHANGES)) {
    for (const name of names) tables[kind].node[name] = refuse;
  }
  tables.file.stream.write = refuse;
}
