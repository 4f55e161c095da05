# error: name 'uuid4' is not defined
import uuid
from contextvars import ContextVar

request_id = ContextVar('request_id', default='no-request')


async def middleware(handler, *args, **kwargs):
    token = request_id.set(f'req-{uuid4().hex[:8]}')
    try:
        log('Handling request')
        return await handler(*args, **kwargs)
    finally:
        log('Request complete')
        request_id.reset(token)
