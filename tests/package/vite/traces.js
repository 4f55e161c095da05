// In Node.js: the trace of every exercise, as JSON, one a line; then how runs in real time went.

import { catalogue, ready, run } from 'async-playground';

await ready();
const slugs = catalogue().map(({ slug }) => slug);
const traces = {};
for (const slug of slugs) {
  traces[slug] = [];
  await run(slug, { onEvents: (events) => traces[slug].push(...events) });
}
const real = await Promise.all(slugs.map((slug) => run(slug, { clock: 'real' })));
console.log(JSON.stringify({ traces, real: real.map(({ slug, verdict, rows }) => ({ slug, verdict, rows })) }));
