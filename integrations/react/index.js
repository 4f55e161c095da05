// The component, and `createElement`, which JSX calls in place of `jsx` where a key comes after spread properties.

import * as react from 'react';

import { typeOf } from './tag.js';

export { Playground } from './component.js';

/** @type {typeof react.createElement} */
export const createElement = (tag, ...rest) => react.createElement(typeOf(tag), ...rest);
