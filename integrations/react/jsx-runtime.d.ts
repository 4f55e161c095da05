import type { Attributes } from 'react';
import type { PlaygroundProps } from './index.js';

export * from 'react/jsx-runtime';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'async-playground': PlaygroundProps & Attributes;
    }
  }
}
