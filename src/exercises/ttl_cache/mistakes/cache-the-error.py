import asyncio
import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.tasks = {}

    async def get_or_fetch(self, key, fetch_fn):
        task, expires = self.tasks.get(key, (None, 0))
        if task is None or time.monotonic() >= expires:
            task = asyncio.create_task(fetch_fn())
            # Mistake: the task is kept even if it ends with an error.
            self.tasks[key] = task, float('inf')
            task.add_done_callback(lambda _: self.tasks.update({key: (task, time.monotonic() + self.ttl_seconds)}))
        return await asyncio.shield(task)
