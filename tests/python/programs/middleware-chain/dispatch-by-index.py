# passes
import asyncio
import time


def apply_middleware(handler, middlewares):
    async def dispatch(index, request):
        if index == len(middlewares):
            return await handler(request)
        return await middlewares[index](lambda request: dispatch(index + 1, request), request)

    return lambda request: dispatch(0, request)


async def main():
    async def get_user(request):
        await asyncio.sleep(0.05)
        return {'user': 'Alice', 'status': 200}

    app = apply_middleware(get_user, [timing_middleware, auth_middleware, logging_middleware])
    print('Response:', await app({'path': '/users/1', 'token': 'secret'}))


if __name__ == '__main__':
    asyncio.run(main())


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
