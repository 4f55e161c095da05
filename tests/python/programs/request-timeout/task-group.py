# passes
import asyncio


class Expired(Exception):
    pass


def with_timeout(timeout_seconds):
    def decorator(handler):
        async def expire():
            await asyncio.sleep(timeout_seconds)
            await asyncio.sleep(0)
            raise Expired

        async def wrapper(*args, **kwargs):
            try:
                async with asyncio.TaskGroup() as group:
                    work = group.create_task(handler(*args, **kwargs))
                    timer = group.create_task(expire())
                    work.add_done_callback(lambda _: timer.cancel())
            except* Expired:
                pass
            if work.cancelled():
                return {'error': 'timeout', 'handler': handler.__name__}
            return work.result()

        return wrapper

    return decorator
