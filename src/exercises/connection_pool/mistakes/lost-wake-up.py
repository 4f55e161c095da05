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
            # Mistake: a query that is woken and then cancelled before it runs does not wake the next one.
            await woken
        self.free -= 1
        try:
            yield
        finally:
            self.free += 1
            self.wake_one()

    def wake_one(self):
        while self.waiting:
            woken = self.waiting.popleft()
            if not woken.done():
                woken.set_result(None)
                return
