# passes
import time
from dataclasses import dataclass


@dataclass
class Layer:
    middleware: object
    inner: object

    async def __call__(self, request):
        return await self.middleware(self.inner, request)


def apply_middleware(handler, middlewares):
    if not middlewares:
        return handler
    first, *rest = middlewares
    return Layer(first, apply_middleware(handler, rest))


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
