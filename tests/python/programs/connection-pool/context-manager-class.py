# passes
import asyncio


class Lease:
    def __init__(self, semaphore):
        self._semaphore = semaphore

    async def __aenter__(self):
        await self._semaphore.acquire()
        return self

    async def __aexit__(self, exc_type, exc, tb):
        self._semaphore.release()


class AsyncConnectionPool:
    def __init__(self, max_connections: int):
        self._semaphore = asyncio.BoundedSemaphore(max_connections)

    def acquire(self):
        return Lease(self._semaphore)
