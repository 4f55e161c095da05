import asyncio
from collections import deque
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.free = max_connections
        self.waiting = deque()

    @asynccontextmanager
    async def acquire(self):
        while self.free == 0:
            woken = asyncio.get_running_loop().create_future()
            self.waiting.append(woken)
            await woken
        self.free -= 1
        try:
            yield
        finally:
            self.free += 1
            self.wake_one()

    def wake_one(self):
        while self.waiting:
            # Mistake: a stack in place of a queue. The query that came last is served first.
            woken = self.waiting.pop()
            if not woken.done():
                woken.set_result(None)
                return
