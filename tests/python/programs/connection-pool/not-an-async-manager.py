# error: object has no attribute .__aenter__
import asyncio
from contextlib import contextmanager


class AsyncConnectionPool:
    def __init__(self, max_connections):
        self.semaphore = asyncio.Semaphore(max_connections)

    @contextmanager
    def acquire(self):
        yield
