# check harder: ready-wins
import asyncio
import functools

# sketch


def with_timeout(timeout_seconds):
    def decorate(handler):
        @functools.wraps(handler)
        async def with_request(request):
            return await handler()

        async def wrapper():
            return await limited(with_request, None, timeout_seconds)

        return wrapper

    return decorate
