// The same for development.

import * as react from 'react/jsx-dev-runtime';

import { typeOf } from './tag.js';

export { Fragment } from 'react/jsx-dev-runtime';

/** @type {typeof react.jsxDEV} */
export const jsxDEV = (tag, ...rest) => react.jsxDEV(typeOf(tag), ...rest);
