import { renderToString } from 'react-dom/server';
import { Lesson } from './lesson';

export const html = renderToString(<Lesson />);
