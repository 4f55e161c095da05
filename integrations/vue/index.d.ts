import type { DefineComponent } from 'vue';
import type { PlaygroundProps } from '../types/vue.js';

export const Playground: DefineComponent<PlaygroundProps>;
