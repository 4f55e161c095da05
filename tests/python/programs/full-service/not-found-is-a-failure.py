# check harder: breaker
import asyncio
import time
from collections import Counter


class AsyncService:
    def __init__(self, ttl_seconds=1.0, rate=5, burst=5, concurrency=5, timeout_seconds=0.5):
        self.ttl_seconds = ttl_seconds
        self.timeout_seconds = timeout_seconds
        self.limiter = RateLimiter(rate, burst)
        self.slots = asyncio.Semaphore(concurrency)
        self.breaker = CircuitBreaker(3, 1.0)
        self.values = {}
        self.tasks = {}
        self.counts = Counter()

    async def get(self, resource_id):
        self.counts['total'] += 1
        try:
            value = await self._lookup(resource_id)
        except asyncio.CancelledError:
            self.counts['cancelled'] += 1
            raise
        except TimeoutError:
            self.counts['timed_out'] += 1
            raise
        except CircuitOpen:
            self.counts['rejected'] += 1
            raise
        except Exception:
            self.counts['error'] += 1
            raise
        self.counts['ok'] += 1
        return value

    async def _lookup(self, resource_id):
        if resource_id in self.values:
            value, expires = self.values[resource_id]
            if time.monotonic() < expires:
                self.counts['hits'] += 1
                return value
        if resource_id in self.tasks:
            self.counts['hits'] += 1
        else:
            self.counts['misses'] += 1
            task = self.tasks[resource_id] = asyncio.create_task(self._load(resource_id))
            task.add_done_callback(lambda _: self.tasks.pop(resource_id))
        return await asyncio.shield(self.tasks[resource_id])

    async def _load(self, resource_id):
        await self.limiter.acquire()
        async with self.slots:
            value = await self.breaker.call(self._fetch, resource_id)
            self.values[resource_id] = value, time.monotonic() + self.ttl_seconds
            return value

    async def _fetch(self, resource_id):
        return await asyncio.wait_for(fetch(resource_id), self.timeout_seconds)

    def get_metrics(self):
        names = 'total', 'hits', 'misses', 'ok', 'error', 'timed_out', 'rejected', 'cancelled'
        return {name: self.counts[name] for name in names}
