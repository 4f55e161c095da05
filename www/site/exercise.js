// What a page with a bench begins with: the element, and what the pages of the site do beside it.

import '../api/playground.js';
import './site.js';
