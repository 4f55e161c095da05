# passes
import asyncio
import contextvars
import uuid
from contextlib import contextmanager

request_id = contextvars.ContextVar('request_id', default='no-request')


@contextmanager
def request_scope():
    token = request_id.set('req-' + str(uuid.uuid4())[:8])
    try:
        yield request_id.get()
    finally:
        request_id.reset(token)


async def middleware(handler, *args, **kwargs):
    with request_scope():
        log('Handling request')
        try:
            result = await handler(*args, **kwargs)
        except asyncio.CancelledError:
            log('Request cancelled')
            raise
        except Exception:
            log('Request failed')
            raise
        else:
            log('Request complete')
            return result
