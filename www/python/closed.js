// Closes the worker: what is left of its global scope computes, and reaches nothing.
//
// Python is kept from JavaScript by its own patches too (python/playground/patches.py). This holds whatever a program finds.

/** The language itself, and what Pyodide uses while it runs. */
const KEPT = new Set(
  `AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date
  DisposableStack Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array Function Infinity Int16Array
  Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set
  String SuppressedError Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap
  WeakRef WeakSet WebAssembly constructor decodeURI decodeURIComponent encodeURI encodeURIComponent escape globalThis isFinite isNaN
  parseFloat parseInt undefined unescape
  DOMException TextDecoder TextEncoder clearTimeout console crypto performance queueMicrotask self setTimeout`.split(/\s+/),
);

/** Removes everything else, for good. */
export function close() {
  for (let scope = globalThis; scope !== null && scope !== Object.prototype; scope = Object.getPrototypeOf(scope)) {
    for (const name of Reflect.ownKeys(scope)) {
      if (typeof name === 'string' && !KEPT.has(name)) Reflect.deleteProperty(scope, name);
    }
  }
  // The constructors of functions compile text, where the policy of the page does not forbid it.
  for (const made of [() => {}, async () => {}, function* () {}, async function* () {}]) {
    Reflect.defineProperty(Object.getPrototypeOf(made), 'constructor', { value: Closed });
  }
  Reflect.set(globalThis, 'Function', Closed);
}

/** Stands in the place of `Function`, also after `instanceof`. */
function Closed() {
  throw new TypeError('functions cannot be made of text here');
}
Closed.prototype = Function.prototype;
