# passes
import asyncio
from contextlib import suppress


def with_timeout(timeout_seconds):
    def decorator(func):
        async def wrapper(*args, **kwargs):
            task = asyncio.ensure_future(func(*args, **kwargs))
            try:
                return await asyncio.wait_for(asyncio.shield(task), timeout_seconds)
            except TimeoutError:
                await asyncio.sleep(0)
                if task.done():
                    return task.result()
                return {'error': 'timeout', 'handler': func.__name__}
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

        return wrapper

    return decorator
