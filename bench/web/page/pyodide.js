// The exercise concurrent-requests in CPython's own event loop, compiled to wasm.

import { loadPyodide } from './pyodide/pyodide.mjs';

const PROGRAM = `
import asyncio, time
async def fetch(i):
    await asyncio.sleep(0.1)
    return f"response {i}"
async def main():
    began = time.perf_counter()
    first = [await fetch(i) for i in range(1, 11)]
    say(f"Serial: {time.perf_counter() - began:.2f}s")
    began = time.perf_counter()
    second = await asyncio.gather(*[fetch(i) for i in range(1, 11)])
    say(f"Concurrent: {time.perf_counter() - began:.2f}s")
    say(f"Results equal: {first == second}")
await main()
`;

const python = await loadPyodide({ indexURL: new URL('./pyodide/', import.meta.url).href });
document.body.dataset.state = 'ready';
Object.assign(globalThis, {
  run: () =>
    new Promise((resolve) => {
      const began = performance.now();
      python.globals.set('say', () => resolve(performance.now() - began));
      void python.runPythonAsync(PROGRAM);
    }),
});
