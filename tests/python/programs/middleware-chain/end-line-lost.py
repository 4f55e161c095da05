# check harder: errors-pass-out
import time
from functools import partial


def apply_middleware(handler, middlewares):
    for middleware in reversed(middlewares):
        handler = partial(middleware, handler)
    return handler


async def timing_middleware(handler, request):
    started = time.monotonic()
    response = await handler(request)
    response['timing_ms'] = round((time.monotonic() - started) * 1000, 2)
    return response


async def auth_middleware(handler, request):
    if not request['token']:
        return {'error': 'unauthorized', 'status': 401}
    response = await handler(request)
    response['authenticated'] = True
    return response


async def logging_middleware(handler, request):
    print(f"  >> {request['path']} start")
    response = await handler(request)
    print(f"  << {request['path']} done")
    return response
