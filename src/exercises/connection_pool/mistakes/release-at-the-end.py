import asyncio
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.permits = asyncio.Semaphore(max_connections)

    @asynccontextmanager
    async def acquire(self):
        await self.permits.acquire()
        yield
        # Mistake: without `finally` an error skips this line, and the pool never gets the connection back.
        self.permits.release()
