# passes
import asyncio
import time

KINDS = ('total', 'hits', 'misses', 'ok', 'error', 'timed_out', 'rejected', 'cancelled')


class Cache:
    def __init__(self, ttl):
        self.ttl = ttl
        self.entries = {}

    def put(self, key, value):
        self.entries[key] = value, time.monotonic() + self.ttl

    def get(self, key):
        value, expires = self.entries.get(key, (None, 0))
        return value if time.monotonic() < expires else None


class AsyncService:
    def __init__(self, ttl_seconds, rate, burst, concurrency, timeout_seconds):
        self.cache = Cache(ttl_seconds)
        self.fetching = {}
        self.limiter = RateLimiter(rate, burst)
        self.semaphore = asyncio.Semaphore(concurrency)
        self.breaker = CircuitBreaker(3, 1.0, ignored=(NotFound,))
        self.timeout = timeout_seconds
        self.metrics = dict.fromkeys(KINDS, 0)

    async def get(self, key):
        self.metrics['total'] += 1
        ended = 'cancelled'
        try:
            value = await self.look_up(key)
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

    async def look_up(self, key):
        cache, fetching, start_fetch = self.cache, self.fetching, self.start_fetch
        # sketch
        return value

    def start_fetch(self, key):
        self.metrics['misses'] += 1
        task = self.fetching[key] = asyncio.create_task(self.fetch(key))
        task.add_done_callback(lambda _: self.fetching.pop(key))
        return task

    async def fetch(self, key):
        await self.limiter.acquire()
        async with self.semaphore:
            value = await self.breaker.call(self.fetch_in_time, key)
        self.cache.put(key, value)
        return value

    async def fetch_in_time(self, key):
        async with asyncio.timeout(self.timeout):
            return await fetch(key)

    def get_metrics(self):
        return {**self.metrics, 'hits': self.metrics['total'] - self.metrics['misses']}
