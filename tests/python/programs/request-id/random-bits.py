# passes
import asyncio
import random
from contextvars import ContextVar

request_id = ContextVar('request_id', default='no-request')


async def middleware(handler, *args, **kwargs):
    before = request_id.get()
    request_id.set(f'req-{random.getrandbits(32):08x}')
    try:
        log('Handling request')
        try:
            return_value = await handler(*args, **kwargs)
            log('Request complete')
            return return_value
        except BaseException as e:
            log('Request cancelled' if isinstance(e, asyncio.CancelledError) else 'Request failed')
            raise
    finally:
        request_id.set(before)


async def handle_request(user_id):
    log(f'Fetching user {user_id}')
    await asyncio.sleep(0.05)
    return f'user {user_id}'


async def main():
    results = await asyncio.gather(*(middleware(handle_request, n) for n in (1, 2, 3)))
    print('All completed:', len(results) == 3)


asyncio.run(main())
