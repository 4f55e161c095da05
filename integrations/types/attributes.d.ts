/** The attributes of `<async-playground>` as text, which every framework passes on, also in a server render. */
export interface PlaygroundAttributes {
  exercise: string;
  program?: string;
  clock?: 'simulated' | 'real';
  speed?: 'slow' | 'normal' | 'once';
  seed?: string | number;
  order?: string;
  interfere?: string;
  settings?: string;
  theme?: 'auto' | 'light' | 'dark';
  autorun?: '' | 'true' | 'false' | boolean;
  size?: 'full' | 'picture';
  compact?: '' | 'true' | 'false' | boolean;
  code?: string;
  lock?: string;
  show?: string;
}
