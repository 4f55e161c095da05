import type { DefineComponent } from 'vue';
import type { PlaygroundEvents } from '../playground.js';
import type { PlaygroundAttributes } from './attributes.js';

type Listeners = { [Name in keyof PlaygroundEvents as `on${Capitalize<Name>}`]?: (event: CustomEvent<PlaygroundEvents[Name]>) => void };

export type PlaygroundProps = PlaygroundAttributes & Listeners;

declare module 'vue' {
  interface GlobalComponents {
    'async-playground': DefineComponent<PlaygroundProps>;
  }
}
