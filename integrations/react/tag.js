// What JSX makes of `<async-playground>`: the component. Every other tag stays as it is.

import { Playground } from './component.js';

/** @param {any} tag */
export const typeOf = (tag) => (tag === 'async-playground' ? Playground : tag);
