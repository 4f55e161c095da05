// The least that a page with a module can be: the floor.

import init, { answer } from './empty_wasm.js';

await init();
document.body.dataset.state = answer() === 42 ? 'ready' : 'failed';
