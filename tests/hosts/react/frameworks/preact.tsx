/** @jsxImportSource preact */
import 'async-playground/types/preact';

export const right = <async-playground exercise="ttl-cache" settings="callers=8" />;
// @ts-expect-error the exercise is missing
export const wrong = <async-playground theme="dark" />;
