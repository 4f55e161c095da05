import type { CSSProperties, JSX, ReactNode, Ref } from 'react';
import type { AsyncPlaygroundElement, Interference, PlaygroundEvents, SettingValues } from '../playground.js';

type Handler<Name extends keyof PlaygroundEvents> = (event: CustomEvent<PlaygroundEvents[Name]>) => void;

export interface PlaygroundProps {
  exercise: string;
  program?: string;
  clock?: 'simulated' | 'real';
  speed?: 'slow' | 'normal' | 'once';
  seed?: number | string;
  order?: number[] | string;
  interfere?: Interference[] | string;
  settings?: SettingValues | string;
  theme?: 'auto' | 'light' | 'dark';
  autorun?: boolean;
  size?: 'full' | 'picture';
  compact?: boolean;
  code?: string;
  lock?: string;
  show?: string;
  id?: string;
  className?: string;
  style?: CSSProperties;
  /** Given when the component is in the page; React 18 passes it under another name. */
  ref?: Ref<AsyncPlaygroundElement>;
  /** What shows without scripts; statement, picture and expected output unless given. */
  children?: ReactNode;
  onReady?: Handler<'ready'>;
  onStart?: Handler<'start'>;
  onLog?: Handler<'log'>;
  onVerdict?: Handler<'verdict'>;
  onAttempt?: Handler<'attempt'>;
  onSolved?: Handler<'solved'>;
  onError?: Handler<'error'>;
}

export { createElement } from 'react';

export function Playground(props: PlaygroundProps): JSX.Element;
