// In Node.js: the trace of every exercise, as JSON, one a line; then how live runs went.

import { catalogue, ready, run } from 'async-playground';

await ready();
const slugs = catalogue().map(({ slug }) => slug);
const traces = {};
for (const slug of slugs) {
  traces[slug] = [];
  await run(slug, { onEvents: (events) => traces[slug].push(...events) });
}
const live = await Promise.all(slugs.map((slug) => run(slug, { clock: 'live' })));
console.log(JSON.stringify({ traces, live: live.map(({ slug, verdict, rows }) => ({ slug, verdict, rows })) }));
