import type { DefineComponent } from 'vue';
import type { PlaygroundEvents } from '../playground.js';
import type { PlaygroundAttributes } from './attributes.js';

type Listeners = { [Name in keyof PlaygroundEvents as `on${Capitalize<Name>}`]?: (event: CustomEvent<PlaygroundEvents[Name]>) => void };

declare module 'vue' {
  interface GlobalComponents {
    'async-playground': DefineComponent<PlaygroundAttributes & Listeners>;
  }
}
