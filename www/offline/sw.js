// The service worker of readers who keep the site for offline use; offline-switch.js installs it.
//
// What it keeps is one build of the site, whole. Assets come from there, for their names say what is in them; pages
// come from the network as long as there is one. A new build is kept beside the old one until no page of this is open.
// Python is a choice of its own, in a cache of its own, which offline-switch.js fills; builds with the same engine share it.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;
const OURS = `async-playground ${scope} `;
const NAME = OURS + KEPT.version;
const PYTHON = `${OURS}${KEPT.engine}`;

worker.addEventListener('install', (event) => event.waitUntil(keep()));
worker.addEventListener('activate', (event) => event.waitUntil(takeOver()));
worker.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method === 'GET' && url.startsWith(scope)) event.respondWith(answer(event.request));
});

async function keep() {
  const cache = await caches.open(NAME);
  if ((await caches.keys()).some((name) => name.startsWith(`${OURS}pyodide-`))) {
    const python = await caches.open(PYTHON);
    // It may be empty: a download that broke off.
    if ((await python.keys()).length < KEPT.python.length) await python.addAll(KEPT.python.map((path) => new URL(path, scope).href));
  }
  await cache.addAll(KEPT.files.map((path) => new Request(new URL(path, scope), { cache: isAsset(path) ? 'default' : 'reload' })));
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== NAME && name !== PYTHON);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @param {Request} request */
async function answer(request) {
  if (isAsset(request.url.slice(scope.length))) return (await kept(request)) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (error) {
    const page = await kept(request);
    if (page === undefined) throw error;
    return page;
  }
}

/**
 * What has been kept under this address, whatever its query; nothing where storage is not to be had.
 * @param {Request} request
 */
async function kept(request) {
  try {
    // Not by opening the cache: that would make another one where it has been removed.
    const page = await caches.match(request, { ignoreSearch: true, cacheName: NAME });
    return page ?? (await caches.match(request, { cacheName: PYTHON }));
  } catch {
    return undefined;
  }
}

/** @param {string} path */
function isAsset(path) {
  return path.startsWith('assets/');
}
