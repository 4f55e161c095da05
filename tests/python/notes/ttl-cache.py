# passes
import asyncio
import time


class Expiring(dict):
    def __init__(self, ttl):
        self.ttl = ttl

    def __setitem__(self, key, value):
        super().__setitem__(key, (value, time.monotonic() + self.ttl))

    def __getitem__(self, key):
        return super().__getitem__(key)[0]

    def __contains__(self, key):
        return super().__contains__(key) and time.monotonic() < super().__getitem__(key)[1]


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.fetch_fns = {}
        values, fetching = Expiring(ttl_seconds), {}

        async def fetch_and_store(key):
            values[key] = await self.fetch_fns[key]()
            return values[key]

        # sketch
        self.get = get

    async def get_or_fetch(self, key, fetch_fn):
        self.fetch_fns[key] = fetch_fn
        return await self.get(key)
