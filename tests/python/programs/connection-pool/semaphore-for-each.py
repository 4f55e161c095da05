# breaks: limit
import asyncio
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.max_connections = max_connections

    @asynccontextmanager
    async def acquire(self):
        async with asyncio.Semaphore(self.max_connections):
            yield
