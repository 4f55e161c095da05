# check harder: fresh
import asyncio
import time


class AsyncTTLCache:
    def __init__(self, ttl_seconds):
        self.ttl_seconds = ttl_seconds
        self.tasks = {}

    async def get_or_fetch(self, key, fetch_fn):
        started, task = self.tasks.get(key, (0, None))
        if task is None or time.monotonic() - started > self.ttl_seconds and task.done():
            task = asyncio.create_task(fetch_fn())
            self.tasks[key] = time.monotonic(), task
            task.add_done_callback(lambda task: task.exception() and self.tasks.pop(key))
        return await asyncio.shield(task)
