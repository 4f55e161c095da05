# passes
import asyncio
from collections import deque
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.free = max_connections
        self.waiters = deque()

    @asynccontextmanager
    async def acquire(self):
        await self._take()
        try:
            yield
        finally:
            self._give_back()

    async def _take(self):
        if self.free > 0:
            self.free -= 1
            return
        future = asyncio.get_running_loop().create_future()
        self.waiters.append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                # It was our turn already: pass it on.
                self._give_back()
            else:
                self.waiters.remove(future)
            raise

    def _give_back(self):
        while self.waiters:
            future = self.waiters.popleft()
            if not future.done():
                future.set_result(None)
                return
        self.free += 1
