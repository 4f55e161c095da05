import time


def apply_middleware(handler, middlewares):
    """Puts the middlewares around the handler. The first in the list is the outermost."""
    app = handler
    # From the inside out: the last in the list is put on first.
    for middleware in reversed(middlewares):
        app = wrap(middleware, app)
    return app


def wrap(middleware, inner):
    # A function of its own, so that each layer keeps its own `inner`.
    async def app(request):
        return await middleware(inner, request)

    return app


async def timing_middleware(handler, request):
    # A local variable: many requests may be inside this layer at once.
    started = time.perf_counter()
    response = await handler(request)
    response['timing_ms'] = round((time.perf_counter() - started) * 1000, 2)
    return response


async def auth_middleware(handler, request):
    if not request['token']:
        # Without a call of `handler`, nothing further in runs.
        return {'error': 'unauthorized', 'status': 401}
    response = await handler(request)
    response['authenticated'] = True
    return response


async def logging_middleware(handler, request):
    print(f"  >> {request['path']} start")
    response = await handler(request)
    # Mistake: after an error this line is not reached.
    print(f"  << {request['path']} done")
    return response
