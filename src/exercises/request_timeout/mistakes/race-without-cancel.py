import asyncio
import functools


def with_timeout(timeout_seconds):
    def decorate(handler):
        @functools.wraps(handler)
        async def limited(*args, **kwargs):
            task = asyncio.create_task(handler(*args, **kwargs))
            done, _ = await asyncio.wait({task}, timeout=timeout_seconds)
            if done:
                return task.result()
            # Mistake: the task is not cancelled. It goes on working, and its result is lost.
            return {'error': 'timeout', 'handler': handler.__name__}

        return limited

    return decorate
