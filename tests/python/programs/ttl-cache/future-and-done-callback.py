# passes
import asyncio
from functools import partial


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.values = {}
        self.pending = {}

    async def get_or_fetch(self, key, fetch_fn):
        loop = asyncio.get_running_loop()
        if key in self.values:
            value, expires = self.values[key]
            if loop.time() < expires:
                return value
            del self.values[key]
        if key not in self.pending:
            task = loop.create_task(fetch_fn(), name=f'fetch {key}')
            task.add_done_callback(partial(self.fetched, key))
            self.pending[key] = task
        return await asyncio.shield(self.pending[key])

    def fetched(self, key, task):
        del self.pending[key]
        if task.exception() is None:
            self.values[key] = task.result(), asyncio.get_running_loop().time() + self.ttl_seconds


async def main():
    count = 0

    async def fetch():
        nonlocal count
        count += 1
        await asyncio.sleep(0.1)
        return 'value'

    cache = AsyncTTLCache(0.5)
    results = await asyncio.gather(*[cache.get_or_fetch('user:1', fetch) for _ in range(5)])
    print(f'Fetch count: {count} (should be 1)')
    print(f'All same value: {len(set(results)) == 1}')


asyncio.run(main())
