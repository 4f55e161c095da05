// The smallest page with a module: the floor.

import init, { answer } from './empty_wasm.js';

await init();
document.body.dataset.state = answer() === 42 ? 'ready' : 'failed';
