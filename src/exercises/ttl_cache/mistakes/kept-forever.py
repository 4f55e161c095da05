import asyncio


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.tasks = {}

    async def get_or_fetch(self, key, fetch_fn):
        if key not in self.tasks:
            self.tasks[key] = asyncio.create_task(fetch_fn())
        # Mistake: nothing ever leaves the dict, so a value is served for ever.
        return await asyncio.shield(self.tasks[key])
