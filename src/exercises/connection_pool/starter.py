import asyncio
from contextlib import asynccontextmanager

# Eight queries come at once, and there are three connections. Where do the other five wait, and who wakes them?


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.max_connections = max_connections

    @asynccontextmanager
    async def acquire(self):
        # TODO: wait until fewer than `max_connections` are taken, in turn.
        # TODO: give the connection back when the query ends, also after an error or a cancellation.
        yield
