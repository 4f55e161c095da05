# check harder: refusal
import time
from functools import partial


def apply_middleware(handler, middlewares):
    for middleware in reversed(middlewares):
        handler = partial(middleware, handler)
    return handler


async def timing_middleware(handler, request):
    started = time.perf_counter()
    response = await handler(request)
    response['timing_ms'] = round((time.perf_counter() - started) * 1000, 2)
    return response


async def auth_middleware(handler, request):
    response = await handler(request)
    if not request.get('token'):
        return {'error': 'unauthorized', 'status': 401}
    response['authenticated'] = True
    return response


async def logging_middleware(handler, request):
    print(f"  >> {request['path']} start")
    try:
        return await handler(request)
    finally:
        print(f"  << {request['path']} done")
