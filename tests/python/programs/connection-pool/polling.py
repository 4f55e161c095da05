# check harder: makespan
import asyncio
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.max_connections = max_connections
        self.active = 0

    @asynccontextmanager
    async def acquire(self):
        while self.active >= self.max_connections:
            await asyncio.sleep(0.01)
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1
