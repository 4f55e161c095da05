// React's JSX with `<async-playground>` in it: the configuration of a site names it once, as "jsxImportSource".

import * as react from 'react/jsx-runtime';

import { typeOf } from './tag.js';

export { Fragment } from 'react/jsx-runtime';

/** @type {typeof react.jsx} */
export const jsx = (tag, ...rest) => react.jsx(typeOf(tag), ...rest);

/** @type {typeof react.jsxs} */
export const jsxs = (tag, ...rest) => react.jsxs(typeOf(tag), ...rest);
