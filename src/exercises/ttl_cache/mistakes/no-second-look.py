import asyncio
import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.values = {}
        self.lock = asyncio.Lock()

    async def get_or_fetch(self, key, fetch_fn):
        if key in self.values and time.monotonic() < self.values[key][1]:
            return self.values[key][0]
        async with self.lock:
            # Mistake: the value may have arrived while this caller waited for the lock.
            value = await fetch_fn()
            self.values[key] = value, time.monotonic() + self.ttl_seconds
            return value
