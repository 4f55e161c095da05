import asyncio
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        # First come, first served: a permit that comes back goes to the query that has waited longest.
        self.permits = asyncio.Semaphore(max_connections)

    @asynccontextmanager
    async def acquire(self):
        # The permit comes back however the query ends: with a result, an error or a cancellation.
        async with self.permits:
            yield
