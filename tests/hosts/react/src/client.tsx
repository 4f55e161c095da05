import { hydrateRoot } from 'react-dom/client';
import { Lesson } from './lesson';

hydrateRoot(document.querySelector('#root')!, <Lesson />);
