# error: 'NoneType' object is not callable
import asyncio
import functools


def with_timeout(timeout_seconds):
    def decorator(handler):
        @functools.wraps(handler)
        async def wrapper(*args, **kwargs):
            return await asyncio.wait_for(handler(*args, **kwargs), timeout_seconds)

        return wrapper
