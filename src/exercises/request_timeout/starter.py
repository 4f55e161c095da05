import asyncio
import functools

# `with_timeout(0.2)` is put around any handler: a fast one that takes 50 ms, and a slow one that takes 500 ms.
# What happens to the slow one when its caller has stopped waiting?


def with_timeout(timeout_seconds):
    def decorate(handler):
        @functools.wraps(handler)
        async def limited(*args, **kwargs):
            # TODO: after `timeout_seconds`, end the handler and return {'error': 'timeout', 'handler': its name}.
            return await handler(*args, **kwargs)

        return limited

    return decorate
