import asyncio
import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.values = {}
        self.announced = set()
        self.fetching = {}

    async def get_or_fetch(self, key, fetch_fn):
        if key in self.values and time.monotonic() < self.values[key][1]:
            return self.values[key][0]
        if key not in self.announced:
            self.announced.add(key)
            # Mistake: an await between two lines that belong together.
            await self.write_log(f'{key} is fetched')
            self.fetching[key] = asyncio.create_task(self.fetch(key, fetch_fn))
        else:
            await self.write_log(f'{key} is being fetched')
        if key not in self.fetching:
            # The key was announced, so its fetch seems to have ended.
            return await fetch_fn()
        return await asyncio.shield(self.fetching[key])

    async def fetch(self, key, fetch_fn):
        try:
            value = await fetch_fn()
            self.values[key] = value, time.monotonic() + self.ttl_seconds
            return value
        finally:
            self.announced.discard(key)
            del self.fetching[key]

    async def write_log(self, line):
        await asyncio.sleep(0)
