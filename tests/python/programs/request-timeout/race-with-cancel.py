# check harder: ready-wins
import asyncio
import functools


def with_timeout(timeout_seconds):
    def decorator(handler):
        @functools.wraps(handler)
        async def wrapper(*args, **kwargs):
            work = asyncio.create_task(handler(*args, **kwargs))
            done, pending = await asyncio.wait([work], timeout=timeout_seconds)
            if work in done:
                return work.result()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            return {'error': 'timeout', 'handler': handler.__name__}

        return wrapper

    return decorator
