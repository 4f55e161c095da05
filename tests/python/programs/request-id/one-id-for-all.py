# breaks: unique
import uuid
from contextvars import ContextVar

request_id = ContextVar('request_id', default='no-request')
ID = f'req-{uuid.uuid4().hex[:8]}'


async def middleware(handler, *args, **kwargs):
    token = request_id.set(ID)
    log('Handling request')
    try:
        return await handler(*args, **kwargs)
    finally:
        log('Request complete')
        request_id.reset(token)
