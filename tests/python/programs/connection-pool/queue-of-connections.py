# passes
import asyncio
from contextlib import asynccontextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.connections = asyncio.Queue()
        for number in range(max_connections):
            self.connections.put_nowait(f'connection-{number}')

    @asynccontextmanager
    async def acquire(self):
        connection = await self.connections.get()
        try:
            yield connection
        finally:
            self.connections.put_nowait(connection)


async def main():
    pool = AsyncConnectionPool(3)

    async def query(n):
        async with pool.acquire():
            await asyncio.sleep(0.05)
            return f'result_{n}'

    print(await asyncio.gather(*(query(n) for n in range(8))))


asyncio.run(main())
