import asyncio
import time

# Given: `await fetch(resource_id)`, which raises NotFound for ids over 100; RateLimiter(rate, burst) with
# `await acquire()`; CircuitBreaker(failure_threshold, recovery_timeout, ignored=(...)) with `await call(fn, *args)`,
# which raises CircuitOpen. Ten requests come at once for six ids. Which of them need a fetch?


class AsyncService:
    def __init__(self, ttl_seconds=1.0, rate=5, burst=5, concurrency=5, timeout_seconds=0.5):
        kinds = ('total', 'hits', 'misses', 'ok', 'error', 'timed_out', 'rejected', 'cancelled')
        self.metrics = dict.fromkeys(kinds, 0)

    async def get(self, resource_id):
        # TODO: look into a cache first, and share the fetch of an id that is under way.
        # TODO: limit the rate of fetches and their number at the same time, then breaker, then timeout, then fetch.
        # TODO: count each request once as ok, error, timed_out, rejected or cancelled.
        self.metrics['total'] += 1
        self.metrics['misses'] += 1
        value = await fetch(resource_id)
        self.metrics['ok'] += 1
        return value

    def get_metrics(self):
        return dict(self.metrics)
