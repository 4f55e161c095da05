import asyncio
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        # Mistake: one connection behind a lock, whatever `max_connections` says.
        self.connection = asyncio.Lock()

    @asynccontextmanager
    async def acquire(self):
        async with self.connection:
            yield
