import asyncio
import time


class AsyncService:
    def __init__(self, ttl_seconds=1.0, rate=5, burst=5, concurrency=5, timeout_seconds=0.5):
        self.ttl = ttl_seconds
        self.timeout = timeout_seconds
        self.rate_limiter = RateLimiter(rate, burst)
        self.semaphore = asyncio.Semaphore(concurrency)
        # `not found` is an answer: the backend works.
        self.breaker = CircuitBreaker(failure_threshold=3, recovery_timeout=1.0, ignored=(NotFound,))
        self.cache = {}
        self.under_way = {}
        kinds = ('total', 'hits', 'misses', 'ok', 'error', 'timed_out', 'rejected', 'cancelled')
        self.metrics = dict.fromkeys(kinds, 0)

    async def get(self, resource_id):
        """Returns the resource, and counts how the request ended: in exactly one way."""
        self.metrics['total'] += 1
        ended = 'cancelled'
        try:
            value = await self.cached(resource_id)
            ended = 'ok'
            return value
        except TimeoutError:
            ended = 'timed_out'
            raise
        except CircuitOpen:
            ended = 'rejected'
            raise
        except Exception:
            ended = 'error'
            raise
        finally:
            self.metrics[ended] += 1

    def get_metrics(self):
        return dict(self.metrics)

    async def cached(self, resource_id):
        value, expires = self.cache.get(resource_id, (None, 0))
        if time.monotonic() < expires:
            self.metrics['hits'] += 1
            return value
        shared = self.under_way.get(resource_id)
        if shared is None or shared.task.done():
            self.metrics['misses'] += 1
            # A task of its own: it goes on when the first caller gives up.
            shared = self.under_way[resource_id] = SharedFetch(self.fetch_and_store(resource_id))
        else:
            # This request costs the backend nothing.
            self.metrics['hits'] += 1
        try:
            return await shared.wait()
        finally:
            if shared.callers == 0 and self.under_way.get(resource_id) is shared:
                del self.under_way[resource_id]

    async def fetch_and_store(self, resource_id):
        # The limits stand behind the cache: a hit never waits for them.
        await self.rate_limiter.acquire()
        async with self.semaphore:
            value = await self.breaker.call(self.fetch_in_time, resource_id)
        self.cache[resource_id] = value, time.monotonic() + self.ttl
        return value

    async def fetch_in_time(self, resource_id):
        # Inside the limits: waiting for a turn is not the backend's fault.
        async with asyncio.timeout(self.timeout):
            return await fetch(resource_id)


class SharedFetch:
    """A fetch that many callers wait for. It ends when the last of them gives up."""

    def __init__(self, coroutine):
        self.task = asyncio.create_task(coroutine, name='fetch')
        self.callers = 0

    async def wait(self):
        self.callers += 1
        try:
            # Without the shield a caller that gives up would cancel the fetch of all.
            return await asyncio.shield(self.task)
        finally:
            self.callers -= 1
            if self.callers == 0:
                self.task.cancel()
