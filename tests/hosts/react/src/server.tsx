import { Playground } from 'async-playground/react';
import { renderToString } from 'react-dom/server';
import { Lesson } from './lesson';

export const html = renderToString(<Lesson />);

export const wrong = () => renderToString(<Playground exercise="ttl-cash" />);
