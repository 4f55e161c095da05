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
                    # Handler and timer may be ready at the same moment: the handler has its turn before this look at it.
                    done, _ = await asyncio.wait({task}, timeout=0)
                if done:
                    return task.result()
            finally:
                # Also if the caller is cancelled: nothing goes on working for a request that is over.
                if not task.done():
                    task.cancel()
                    await asyncio.wait({task})
            return {'error': 'timeout', 'handler': handler.__name__}

        return limited

    return decorate
