# output
import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class AsyncConnectionPool:
    max_connections: int
    active: int = 0
    slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self):
        self.slots = asyncio.Semaphore(self.max_connections)

    @asynccontextmanager
    async def acquire(self):
        async with self.slots:
            self.active += 1
            print('active:', self.active)
            try:
                yield self
            finally:
                self.active -= 1
