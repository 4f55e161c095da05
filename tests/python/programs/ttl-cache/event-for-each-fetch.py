# passes
import asyncio
import time


class Fetch:
    def __init__(self):
        self.done = asyncio.Event()
        self.value = None
        self.error = None


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.values = {}
        self.fetches = {}
        self.tasks = set()

    async def get_or_fetch(self, key, fetch_fn):
        value, expires = self.values.get(key, (None, 0))
        if time.monotonic() < expires:
            return value
        if key not in self.fetches:
            self.fetches[key] = Fetch()
            task = asyncio.create_task(self.run(key, fetch_fn, self.fetches[key]))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        fetch = self.fetches[key]
        await fetch.done.wait()
        if fetch.error:
            raise fetch.error
        return fetch.value

    async def run(self, key, fetch_fn, fetch):
        try:
            fetch.value = await fetch_fn()
            self.values[key] = fetch.value, time.monotonic() + self.ttl_seconds
        except Exception as error:
            fetch.error = error
        finally:
            del self.fetches[key]
            fetch.done.set()
