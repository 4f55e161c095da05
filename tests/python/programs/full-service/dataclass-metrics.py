# passes
from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field


@dataclass
class Metrics:
    total: int = 0
    hits: int = 0
    misses: int = 0
    ok: int = 0
    error: int = 0
    timed_out: int = 0
    rejected: int = 0
    cancelled: int = 0

    @asynccontextmanager
    async def request(self):
        self.total += 1
        ended = 'error'
        try:
            yield
            ended = 'ok'
        except asyncio.CancelledError:
            ended = 'cancelled'
            raise
        except TimeoutError:
            ended = 'timed_out'
            raise
        except CircuitOpen:
            ended = 'rejected'
            raise
        finally:
            setattr(self, ended, getattr(self, ended) + 1)


@dataclass
class AsyncService:
    ttl_seconds: float = 1.0
    rate: int = 5
    burst: int = 5
    concurrency: int = 5
    timeout_seconds: float = 0.5
    metrics: Metrics = field(default_factory=Metrics)
    cache: dict[int, tuple[str, float]] = field(default_factory=dict)
    in_flight: dict[int, asyncio.Future[str]] = field(default_factory=dict)

    def __post_init__(self):
        self.limiter = RateLimiter(self.rate, self.burst)
        self.semaphore = asyncio.Semaphore(self.concurrency)
        self.breaker = CircuitBreaker(failure_threshold=3, recovery_timeout=1.0, ignored=(NotFound,))

    async def get(self, resource_id: int) -> str:
        async with self.metrics.request():
            match self.cache.get(resource_id):
                case (value, expires) if time.monotonic() < expires:
                    self.metrics.hits += 1
                    return value
            if future := self.in_flight.get(resource_id):
                self.metrics.hits += 1
            else:
                self.metrics.misses += 1
                future = self.in_flight[resource_id] = asyncio.ensure_future(self._fetch(resource_id))
            return await asyncio.shield(future)

    async def _fetch(self, resource_id):
        try:
            await self.limiter.acquire()
            async with self.semaphore:
                value = await self.breaker.call(self._fetch_once, resource_id)
            self.cache[resource_id] = (value, time.monotonic() + self.ttl_seconds)
            return value
        finally:
            del self.in_flight[resource_id]

    async def _fetch_once(self, resource_id):
        async with asyncio.timeout(self.timeout_seconds):
            return await fetch(resource_id)

    def get_metrics(self) -> dict[str, int]:
        return asdict(self.metrics)
