# output
import asyncio
import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.cache = {}

    async def get_or_fetch(self, key, fetch_fn):
        task, stored = self.cache.get(key, (None, None))
        if task is None or (stored is not None and time.monotonic() - stored >= self.ttl_seconds):
            print('MISS', key)
            task = asyncio.create_task(fetch_fn())
            self.cache[key] = task, None
            task.add_done_callback(lambda task: self.store(key, task))
        else:
            print('HIT', key)
        return await asyncio.shield(task)

    def store(self, key, task):
        if task.exception():
            del self.cache[key]
        else:
            self.cache[key] = task, time.monotonic()
