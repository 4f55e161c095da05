# check harder: no-work-after
import asyncio
import functools


def with_timeout(timeout_seconds):
    def decorator(handler):
        @functools.wraps(handler)
        async def wrapper(*args, **kwargs):
            work = asyncio.create_task(handler(*args, **kwargs))
            timer = asyncio.create_task(asyncio.sleep(timeout_seconds))
            await asyncio.wait({work, timer}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                timer.cancel()
                return work.result()
            return {'error': 'timeout', 'handler': handler.__name__}

        return wrapper

    return decorator
