# check harder: in-order
import asyncio
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.max_connections = max_connections
        self.active = 0
        self.freed = asyncio.Event()

    @asynccontextmanager
    async def acquire(self):
        while self.active >= self.max_connections:
            self.freed.clear()
            await self.freed.wait()
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1
            self.freed.set()
