import asyncio
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.max_connections = max_connections
        self.active = 0
        self.freed = asyncio.Condition()

    @asynccontextmanager
    async def acquire(self):
        while True:
            is_free = self.active < self.max_connections
            # Mistake: something small that awaits, such as writing a log line. Other queries check in the meantime.
            await asyncio.sleep(0)
            if is_free:
                break
            async with self.freed:
                await self.freed.wait()
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1
            async with self.freed:
                self.freed.notify()
