import type { HTMLAttributes } from 'svelte/elements';
import type { AsyncPlaygroundElement, PlaygroundEvents } from '../playground.js';
import type { PlaygroundAttributes } from './attributes.js';

type Listeners = { [Name in keyof PlaygroundEvents as `on${Name}`]?: (event: CustomEvent<PlaygroundEvents[Name]>) => void };

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'async-playground': Omit<HTMLAttributes<AsyncPlaygroundElement>, keyof Listeners> & PlaygroundAttributes & Listeners;
  }
}
