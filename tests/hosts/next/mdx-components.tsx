import { Playground } from 'async-playground/react';

export const useMDXComponents = () => ({ Playground });
