// Stands in the place of www/python/programs.js in the one file: Python is too large for it.

import { PlaygroundError } from '../www/api/errors.js';

async function refuse() {
  throw new PlaygroundError('load', 'the playground in one file has no Python: use the site');
}

export { refuse as check, refuse as decisions, refuse as load, refuse as run, refuse as search, refuse as sources };
