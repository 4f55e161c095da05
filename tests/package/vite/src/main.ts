// What a lesson would do with the module: types in use, every exercise run, the verdicts written down.

import { pythonAt } from 'async-playground/python';
import { catalogue, PlaygroundError, ready, run, type Event, type Report } from 'async-playground';

const events: Event[] = [];

async function verdict(slug: string): Promise<Report['verdict']> {
  const report = await run(slug, { clock: 'simulated', onEvents: (some) => events.push(...some) });
  return report.verdict;
}

await ready();
const verdicts = await Promise.all(catalogue().map(({ slug }) => verdict(slug)));
const refused = await verdict('nope').catch((error: unknown) => (error instanceof PlaygroundError ? error.code : 'no'));
pythonAt('async-playground-python');
const python = await run('ttl-cache', { program: 'answer' });
const lines = events.flatMap((event) => (event.kind === 'log' ? [event.line] : []));
document.querySelector('output')!.value = `${verdicts.join(' ')} ${refused} ${lines.length > 11} ${python.verdict}`;
