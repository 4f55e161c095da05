# breaks: expires
import asyncio


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.cache = {}
        self.lock = asyncio.Lock()

    async def get_or_fetch(self, key, fetch_fn):
        async with self.lock:
            if key not in self.cache:
                self.cache[key] = await fetch_fn()
            return self.cache[key]
