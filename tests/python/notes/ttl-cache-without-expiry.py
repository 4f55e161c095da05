# breaks: expires
import asyncio


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.fetch_fns = {}
        values, fetching = {}, {}

        async def fetch_and_store(key):
            values[key] = await self.fetch_fns[key]()
            return values[key]

        # sketch
        self.get = get

    async def get_or_fetch(self, key, fetch_fn):
        self.fetch_fns[key] = fetch_fn
        return await self.get(key)
