import asyncio
import functools


def with_timeout(timeout_seconds):
    def decorate(handler):
        @functools.wraps(handler)
        async def limited(*args, **kwargs):
            try:
                # Mistake: when handler and timer are ready at the same moment, `asyncio.timeout` lets the timer win, and a
                # finished result is thrown away.
                async with asyncio.timeout(timeout_seconds):
                    return await handler(*args, **kwargs)
            except TimeoutError:
                return {'error': 'timeout', 'handler': handler.__name__}

        return limited

    return decorate
