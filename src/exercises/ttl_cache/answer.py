import asyncio
import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.values = {}  # key: (value, when it expires)
        self.fetching = {}  # key: the task that fetches it

    async def get_or_fetch(self, key, fetch_fn):
        self.drop_expired()
        if key in self.values:
            return self.values[key][0]
        if key not in self.fetching:
            self.fetching[key] = asyncio.create_task(self.fetch(key, fetch_fn))
        # Without the shield, one cancelled caller would cancel the fetch for everyone.
        return await asyncio.shield(self.fetching[key])

    async def fetch(self, key, fetch_fn):
        try:
            value = await fetch_fn()
            # An error is raised here, so it is never stored.
            self.drop_expired()
            self.values[key] = value, time.monotonic() + self.ttl_seconds
            return value
        finally:
            del self.fetching[key]

    def drop_expired(self):
        now = time.monotonic()
        self.values = {key: entry for key, entry in self.values.items() if now < entry[1]}
