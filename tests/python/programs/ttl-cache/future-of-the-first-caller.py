# check harder: nobody-hangs
import asyncio
import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.cache = {}
        self.in_flight = {}

    async def get_or_fetch(self, key, fetch_fn):
        if key in self.cache:
            value, timestamp = self.cache[key]
            if time.monotonic() - timestamp < self.ttl_seconds:
                return value
        if key in self.in_flight:
            return await self.in_flight[key]
        future = asyncio.get_event_loop().create_future()
        self.in_flight[key] = future
        try:
            value = await fetch_fn()
            self.cache[key] = (value, time.monotonic())
            future.set_result(value)
            return value
        except Exception as e:
            future.set_exception(e)
            raise
        finally:
            del self.in_flight[key]
