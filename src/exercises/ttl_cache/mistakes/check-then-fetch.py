import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.values = {}

    async def get_or_fetch(self, key, fetch_fn):
        if key in self.values and time.monotonic() < self.values[key][1]:
            return self.values[key][0]
        # Mistake: all others who ask in the meantime find nothing, and fetch too.
        value = await fetch_fn()
        self.values[key] = value, time.monotonic() + self.ttl_seconds
        return value
