import time

# Three layers stand around a handler: timing, auth and logging. A layer gets the rest of the chain as `handler`.
# What is that rest for the innermost layer, and who calls it?


def apply_middleware(handler, middlewares):
    # TODO: put all middlewares around the handler, so that the first in the list is the outermost.
    return handler


async def timing_middleware(handler, request):
    # TODO: add `timing_ms` to the response: how long everything inside took, rounded to two decimals.
    return await handler(request)


async def auth_middleware(handler, request):
    # `request['token']` is a string, or None.
    # TODO: with a token, add `'authenticated': True` to the response.
    # TODO: without one, return `{'error': 'unauthorized', 'status': 401}` and call nothing further in.
    return await handler(request)


async def logging_middleware(handler, request):
    # TODO: print "  >> /users/1 start" before, and "  << /users/1 done" after, even if the handler fails.
    return await handler(request)
