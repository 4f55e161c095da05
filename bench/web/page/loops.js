// Measures the patterns in WebAssembly beside libraries that pages use, and many sleeps at once beside plain promises.

import { Semaphore } from 'async-mutex';
import { ConsecutiveBreaker, TimeoutStrategy, bulkhead, circuitBreaker, handleAll, timeout } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import CircuitBreaker from 'opossum';
import pLimit from 'p-limit';

import init, { Loops } from './loops_wasm.js';
import { measure, spread } from './rounds.js';

/** @typedef {import('./rounds.js').Row} Row */

const WAITERS = 1000;
const HOUR = 3_600_000;
const ok = () => Promise.resolve(1);
const fails = () => Promise.reject(new Error('fails'));

/**
 * @param {number} count
 * @param {() => Promise<unknown>} operation
 */
async function times(count, operation) {
  for (let done = 0; done < count; done += 1) await operation();
}

/** @param {() => unknown} start */
const all = (start) => Promise.all(Array.from({ length: WAITERS }, start));

/** @param {Loops} ours @returns {Promise<Row[]>} */
async function semaphores(ours) {
  const [wide, narrow] = [new Semaphore(10), new Semaphore(1)];
  const [wideLimit, narrowLimit] = [pLimit(10), pLimit(1)];
  const [wideHead, narrowHead] = [bulkhead(10), bulkhead(1, WAITERS)];
  const held = async () => (await narrow.acquire())[1]();
  return [
    await measure('semaphore, free', 'await a permit that is there, give it back', [
      ['ours', (count) => ours.semaphore_free(count)],
      ['async-mutex', (count) => times(count, async () => (await wide.acquire())[1]())],
      ['p-limit', (count) => times(count, () => wideLimit(() => 1))],
      ['cockatiel', (count) => times(count, () => wideHead.execute(() => 1))],
    ]),
    await measure(
      'semaphore, 1 000 waiters',
      'one waiter: join the line for the only permit, be served, give it back',
      [
        ['ours', (count) => ours.semaphore_contended(count, WAITERS)],
        ['async-mutex', (count) => times(count, () => all(held))],
        ['p-limit', (count) => times(count, () => all(() => narrowLimit(() => 1)))],
        ['cockatiel', (count) => times(count, () => all(() => narrowHead.execute(() => 1)))],
      ],
      WAITERS,
    ),
  ];
}

/** @param {Loops} ours @returns {Promise<Row[]>} */
async function caches(ours) {
  const fetchMethod = async (/** @type {number} */ key) => key;
  // By default lru-cache reads the clock once a millisecond and may serve expired values. Ours reads it at each hit.
  const cache = new LRUCache({ max: 10_000, ttl: HOUR, ttlResolution: 0, fetchMethod });
  for (let key = 0; key < 100; key += 1) await cache.fetch(key);
  let missed = 1000;
  return [
    await measure('cache, hit', 'get or fetch one of 100 keys that are there, with a time to live', [
      ['ours', (count) => ours.cache_hit(count)],
      [
        'lru-cache',
        async (count) => {
          for (let turn = 0; turn < count; turn += 1) await cache.fetch(turn % 100);
        },
      ],
    ]),
    await measure(
      'cache, 1 000 callers on one miss',
      'one caller: join a fetch that takes one turn, have its value',
      [
        ['ours', (count) => ours.cache_miss(count, WAITERS)],
        [
          'lru-cache',
          (count) =>
            times(count, () => {
              missed += 1;
              return all(() => cache.fetch(missed));
            }),
        ],
      ],
      WAITERS,
    ),
  ];
}

/** @param {Loops} ours @returns {Promise<Row[]>} */
async function breakers(ours) {
  const policy = () => circuitBreaker(handleAll, { halfOpenAfter: HOUR, breaker: new ConsecutiveBreaker(5) });
  const [closed, open] = [policy(), policy()];
  const options = { timeout: /** @type {const} */ (false), resetTimeout: HOUR, volumeThreshold: 5 };
  const [closedOpossum, openOpossum] = [new CircuitBreaker(ok, options), new CircuitBreaker(fails, options)];
  const refused = () => 0;
  for (let failed = 0; failed < 10; failed += 1) {
    await open.execute(fails).catch(refused);
    await openOpossum.fire().catch(refused);
  }
  return [
    await measure('breaker, closed', 'await a call that succeeds at once, and count it', [
      ['ours', (count) => ours.breaker_closed(count)],
      ['cockatiel', (count) => times(count, () => closed.execute(ok))],
      ['opossum', (count) => times(count, () => closedOpossum.fire())],
    ]),
    await measure('breaker, open', 'have a call refused', [
      ['ours', (count) => ours.breaker_open(count)],
      ['cockatiel', (count) => times(count, () => open.execute(ok).catch(refused))],
      ['opossum', (count) => times(count, () => openOpossum.fire().catch(refused))],
    ]),
  ];
}

/** @param {Loops} ours */
function timeouts(ours) {
  const limit = timeout(1000, TimeoutStrategy.Cooperative);
  return measure('timeout, ready', 'await what is ready, with a limit of 1 s', [
    ['ours', (count) => ours.timeout_ready(count)],
    ['cockatiel', (count) => times(count, () => limit.execute(() => 1))],
  ]);
}

/** @param {Loops} ours @returns {Promise<Row[]>} */
async function live(ours) {
  const plain = (/** @type {number} */ count) =>
    Promise.all(Array.from({ length: count }, () => new Promise((resolve) => setTimeout(resolve, 100))));
  const rows = [];
  for (const count of [10, 100, 1000, 10_000, 100_000]) {
    const [our, their] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
    const over = async (/** @type {() => Promise<unknown>} */ sleep) => {
      const began = performance.now();
      await sleep();
      return performance.now() - began - 100;
    };
    for (let turn = 0; turn < 9; turn += 1) {
      our.push(await over(() => ours.sleeps(count)));
      their.push(await over(() => plain(count)));
    }
    const results = [spread('ours', our), spread('Promise.all, setTimeout', their)];
    rows.push({ bench: `live, ${count} sleeps at once`, work: 'all of so many sleeps of 100 ms: what it takes over 100 ms', unit: 'ms', results });
  }
  return rows;
}

await init();
const ours = new Loops();
const rows = [...(await semaphores(ours)), ...(await caches(ours)), ...(await breakers(ours)), await timeouts(ours), ...(await live(ours))];
Object.assign(globalThis, { rows });
