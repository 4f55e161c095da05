import type { HTMLAttributes } from 'preact';
import type { AsyncPlaygroundElement } from '../playground.js';
import type { PlaygroundAttributes } from './attributes.js';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'async-playground': HTMLAttributes<AsyncPlaygroundElement> & PlaygroundAttributes;
    }
  }
}
