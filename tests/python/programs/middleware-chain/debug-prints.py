# output
import time


def apply_middleware(handler, middlewares):
    def wrap(middleware, inner):
        async def app(request):
            print('enter', getattr(middleware, '__name__', middleware))
            response = await middleware(inner, request)
            print('leave')
            return response

        return app

    for middleware in middlewares[::-1]:
        handler = wrap(middleware, handler)
    return handler


async def timing_middleware(handler, request):
    start = time.perf_counter()
    response = await handler(request)
    return {**response, 'timing_ms': round((time.perf_counter() - start) * 1000, 2)}


async def auth_middleware(handler, request):
    if request["token"] is None:
        return {"error": "unauthorized", "status": 401}
    return {**await handler(request), "authenticated": True}


async def logging_middleware(handler, request):
    print(f"  >> {request['path']} start")
    try:
        return await handler(request)
    finally:
        print(f"  << {request['path']} done")
