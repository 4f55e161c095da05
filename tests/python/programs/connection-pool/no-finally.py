# check harder: given-back
import asyncio
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.semaphore = asyncio.Semaphore(max_connections)

    @asynccontextmanager
    async def acquire(self):
        await self.semaphore.acquire()
        yield
        self.semaphore.release()
