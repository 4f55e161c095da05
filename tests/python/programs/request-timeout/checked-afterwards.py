# breaks: by-deadline
import asyncio
import functools
import time


def with_timeout(timeout_seconds):
    def decorator(handler):
        @functools.wraps(handler)
        async def wrapper(*args, **kwargs):
            start = time.monotonic()
            result = await handler(*args, **kwargs)
            if time.monotonic() - start > timeout_seconds:
                return {'error': 'timeout', 'handler': handler.__name__}
            return result

        return wrapper

    return decorator
