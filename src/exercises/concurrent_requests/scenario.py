# Makes the same requests in two ways, one after another and with process_requests_concurrent, and prints how long each took.

import asyncio

NEEDS = {'process_requests_concurrent': 'async def process_requests_concurrent(n)'}


def given(world):
    async def handle_request(request_id):
        slower = world.seconds('slower_ms') if request_id % 2 else 0
        with world.holds('server', f'request {request_id}'):
            await asyncio.sleep(world.seconds('io_ms') + slower)
        return f'response {request_id}'

    return {'handle_request': handle_request}


async def scenario(world, program):
    first = [await program.handle_request(request_id) for request_id in range(1, world['n'] + 1)]
    halfway = world.ns
    world.result('serial', first)
    print(f'Serial: {hundredths(halfway)}s')

    second = await program.process_requests_concurrent(world['n'])
    took = world.ns - halfway
    world.result('concurrent', second)
    print(f'Concurrent: {hundredths(took)}s')
    print(f'Results equal: {first == second}')


def hundredths(ns):
    """Seconds, rounded to two decimals."""
    whole = (ns // 10**6 + 5) // 10
    return f'{whole // 100}.{whole % 100:02}'
