import { renderToString } from 'react-dom/server';
import { Lesson } from './lesson';

export const html = renderToString(<Lesson />);

export const wrong = () => renderToString(<async-playground exercise="ttl-cash" />);
