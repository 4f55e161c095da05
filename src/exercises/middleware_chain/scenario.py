"""Plays what `program.rs` plays, with the learner's `apply_middleware` and layers."""

import asyncio

NEEDS = {
    'apply_middleware': 'def apply_middleware(handler, middlewares)',
    'timing_middleware': 'async def timing_middleware(handler, request)',
    'auth_middleware': 'async def auth_middleware(handler, request)',
    'logging_middleware': 'async def logging_middleware(handler, request)',
}


async def scenario(world, learner):
    async def handler(request):
        with world.holds('handler', request['path']):
            await asyncio.sleep(world.seconds('handler_ms'))
            if world['handler_fails']:
                raise ConnectionError('database is gone')
            return {'user': 'Alice', 'status': 200}

    layers = [recorded(world, name, getattr(learner, f'{name}_middleware')) for name in world['layers']]
    app = learner.apply_middleware(handler, layers)

    async def request(number):
        try:
            response = await app({'path': f'/users/{number}', 'token': 'secret' if world['token'] else None})
        except ConnectionError as error:
            world.result('error', str(error))
            print(f'Error: {error}')
        else:
            response = with_exact_time(response)
            world.result('response', response)
            print(f'Response: {response}')

    requests = []
    for number in range(1, world['requests'] + 1):
        if number > 1:
            await asyncio.sleep(world.seconds('gap_ms'))
        requests.append(world.spawn(f'request {number}', request(number)))
    await asyncio.gather(*requests)


def recorded(world, name, layer):
    """The layer, which shows in the trace when a request is inside it."""
    async def recorded_layer(handler, request):
        with world.holds(name, request['path']):
            if name != 'timing':
                return await layer(handler, request)
            with world.holds('stopwatch', request['path']):
                return await layer(handler, request)

    return recorded_layer


def with_exact_time(response):
    """Each reading of the clock is a little later than the last one. All times here are whole milliseconds."""
    if isinstance(response, dict) and isinstance(response.get('timing_ms'), float):
        return {**response, 'timing_ms': float(round(response['timing_ms']))}
    return response
