import asyncio
import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.values = {}
        self.fetching = {}

    async def get_or_fetch(self, key, fetch_fn):
        if key in self.values and time.monotonic() < self.values[key][1]:
            return self.values[key][0]
        if key in self.fetching:
            return await asyncio.shield(self.fetching[key])
        future = self.fetching[key] = asyncio.get_running_loop().create_future()
        try:
            # Mistake: if this caller is cancelled here, the future is never completed.
            value = await fetch_fn()
        except Exception as error:
            future.set_exception(error)
            del self.fetching[key]
            raise
        future.set_result(value)
        del self.fetching[key]
        self.values[key] = value, time.monotonic() + self.ttl_seconds
        return value
