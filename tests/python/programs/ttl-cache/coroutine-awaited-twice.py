# error: coroutine is being awaited already
class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.coroutines = {}

    async def get_or_fetch(self, key, fetch_fn):
        if key not in self.coroutines:
            self.coroutines[key] = fetch_fn()
        return await self.coroutines[key]
