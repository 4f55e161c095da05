# check harder: errors-pass
import asyncio
import time
from collections import defaultdict


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.cache = {}
        self.locks = defaultdict(asyncio.Lock)

    def fresh(self, key):
        return key in self.cache and time.time() - self.cache[key][1] < self.ttl_seconds

    async def get_or_fetch(self, key, fetch_fn):
        if self.fresh(key):
            return self.cache[key][0]
        async with self.locks[key]:
            if self.fresh(key):
                return self.cache[key][0]
            value = await fetch_fn()
            self.cache[key] = (value, time.time())
            return value
