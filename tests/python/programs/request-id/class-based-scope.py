# passes
import asyncio
import contextvars
from itertools import count

numbers = count(1)
request_id = contextvars.ContextVar('request_id', default='no-request')


class Scope:
    async def __aenter__(self):
        self.token = request_id.set(f'req-{next(numbers):08x}')
        log('Handling request')

    async def __aexit__(self, kind, error, traceback):
        match error:
            case None:
                log('Request complete')
            case asyncio.CancelledError():
                log('Request cancelled')
            case _:
                log('Request failed')
        request_id.reset(self.token)


async def middleware(handler, *args, **kwargs):
    async with Scope():
        return await handler(*args, **kwargs)
