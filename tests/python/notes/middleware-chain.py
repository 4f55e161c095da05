# passes
import time
from functools import partial


class App:
    def middleware(self, kind):
        return lambda function: function


class Response(dict):
    def __init__(self, content):
        super().__init__(content)
        self.headers = {}


app = App()

# sketch


async def timing_middleware(handler, request):
    async def call_next(request):
        return Response(await handler(request))

    response = await timing(request, call_next)
    return {**response, 'timing_ms': float(response.headers['x-timing-ms'])}


def apply_middleware(handler, middlewares):
    for middleware in reversed(middlewares):
        handler = partial(middleware, handler)
    return handler


async def auth_middleware(handler, request):
    if not request['token']:
        return {'error': 'unauthorized', 'status': 401}
    return {**await handler(request), 'authenticated': True}


async def logging_middleware(handler, request):
    print(f"  >> {request['path']} start")
    try:
        return await handler(request)
    finally:
        print(f"  << {request['path']} done")
