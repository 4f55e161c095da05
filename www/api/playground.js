// The public module: everything that a page or a program needs, and the element `<async-playground>`.
//
// It works without a document too (in Node.js or a worker): then there is the API and no element.

import '../playground/async-playground.js';

export { catalogue, compare, decisions, search, ready, run } from './engine.js';
export { PlaygroundError } from './errors.js';
