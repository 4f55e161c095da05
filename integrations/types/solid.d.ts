import type { JSX as Solid } from 'solid-js';
import type { AsyncPlaygroundElement, PlaygroundEvents } from '../playground.js';
import type { PlaygroundAttributes } from './attributes.js';

type Listeners = { [Name in keyof PlaygroundEvents as `on:${Name}`]?: (event: CustomEvent<PlaygroundEvents[Name]>) => void };

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements {
      'async-playground': Omit<Solid.HTMLAttributes<AsyncPlaygroundElement>, keyof Listeners> & PlaygroundAttributes & Listeners;
    }
  }
}
