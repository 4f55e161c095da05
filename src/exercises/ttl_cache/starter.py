# Five callers ask for the same key at the same moment, and a fetch takes 100 ms.
# How do you fetch it once for all of them, and again when it is too old?

import asyncio
import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds

    async def get_or_fetch(self, key, fetch_fn):
        # TODO: return the stored value if it is fresh enough.
        # TODO: if somebody fetches this key already, wait for the same value.
        return await fetch_fn()
