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


class Stopwatch:
    async def __call__(self, handler, request):
        # Mistake: one stopwatch for the layer, and so for all requests.
        self.started = time.perf_counter()
        response = await handler(request)
        response['timing_ms'] = round((time.perf_counter() - self.started) * 1000, 2)
        return response


timing_middleware = Stopwatch()


async def auth_middleware(handler, request):
    if not request['token']:
        # Without a call of `handler`, nothing further in runs.
        return {'error': 'unauthorized', 'status': 401}
    response = await handler(request)
    response['authenticated'] = True
    return response


async def logging_middleware(handler, request):
    print(f"  >> {request['path']} start")
    try:
        return await handler(request)
    finally:
        # Also after an error or a cancellation.
        print(f"  << {request['path']} done")
