# breaks: by-deadline
import asyncio
import functools


def with_timeout(timeout_seconds):
    def decorator(handler):
        @functools.wraps(handler)
        async def wrapper(*args, **kwargs):
            try:
                async with asyncio.timeout(timeout_seconds * 1000):
                    return await handler(*args, **kwargs)
            except TimeoutError:
                return {'error': 'timeout', 'handler': handler.__name__}

        return wrapper

    return decorator
