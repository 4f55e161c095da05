import { Playground } from 'async-playground/react';

export const right = <async-playground exercise="ttl-cache" settings="callers=8" autorun className="wide" key="first" />;
// @ts-expect-error the exercise is missing
export const wrong = <async-playground theme="dark" />;
// @ts-expect-error there is no such theme
export const theme = <Playground exercise="ttl-cache" theme="red" />;
