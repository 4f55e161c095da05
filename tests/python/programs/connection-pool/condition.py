# check harder: in-order
import asyncio
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.max_connections = max_connections
        self.active = 0
        self.condition = asyncio.Condition()

    @asynccontextmanager
    async def acquire(self):
        async with self.condition:
            # A cancelled waiter wakes another one, which finds no connection and waits again: at the end of the line.
            await self.condition.wait_for(lambda: self.active < self.max_connections)
            self.active += 1
        try:
            yield
        finally:
            async with self.condition:
                self.active -= 1
                self.condition.notify()
