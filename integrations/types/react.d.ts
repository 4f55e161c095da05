import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { AsyncPlaygroundElement } from '../playground.js';
import type { PlaygroundAttributes } from './attributes.js';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'async-playground': DetailedHTMLProps<HTMLAttributes<AsyncPlaygroundElement>, AsyncPlaygroundElement> & PlaygroundAttributes & { class?: string };
    }
  }
}
