import asyncio
import functools


def with_timeout(timeout_seconds):
    """A decorator: the caller has an answer by the deadline, whatever the handler does."""

    def decorate(handler):
        @functools.wraps(handler)
        async def limited(*args, **kwargs):
            task = asyncio.create_task(handler(*args, **kwargs))
            try:
                done, _ = await asyncio.wait({task}, timeout=timeout_seconds)
                if not done:
                    # Handler and timer may be ready at the same moment. After one more turn the handler's result is there.
                    await asyncio.sleep(0)
                if task.done():
                    return task.result()
            finally:
                # Also if the caller is cancelled: nothing goes on working for a request that is over.
                if not task.done():
                    task.cancel()
                    await asyncio.wait({task})
            return {'error': 'timeout', 'handler': handler.__name__}

        return limited

    return decorate
