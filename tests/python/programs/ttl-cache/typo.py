# error: name 'tiem' is not defined
import asyncio
import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.cache = {}

    async def get_or_fetch(self, key, fetch_fn):
        if key in self.cache and time.monotonic() < self.cache[key][1]:
            return await asyncio.shield(self.cache[key][0])
        task = asyncio.create_task(fetch_fn())
        self.cache[key] = task, tiem.monotonic() + self.ttl_seconds
        return await asyncio.shield(task)
