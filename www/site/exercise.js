// The first script of an exercise's page: the element, and what every page of the site does.

import '../api/playground.js';
import './site.js';
