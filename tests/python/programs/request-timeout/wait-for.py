# check harder: ready-wins
import asyncio
from functools import wraps


def with_timeout(timeout_seconds):
    def decorator(func):
        @wraps(func)
        async def wrapper(*args, **kwargs):
            try:
                return await asyncio.wait_for(func(*args, **kwargs), timeout=timeout_seconds)
            except asyncio.TimeoutError:
                return {'error': 'timeout', 'handler': func.__name__}

        return wrapper

    return decorator


@with_timeout(0.2)
async def fast_handler():
    await asyncio.sleep(0.05)
    return {'status': 'ok', 'data': 'fast result'}


async def main():
    print(await fast_handler())


asyncio.run(main())
