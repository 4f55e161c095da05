# check harder: restored
import uuid
from contextvars import ContextVar

request_id = ContextVar('request_id', default='no-request')


async def middleware(handler, *args, **kwargs):
    token = request_id.set(f'req-{uuid.uuid4().hex[:8]}')
    log('Handling request')
    try:
        answer = await handler(*args, **kwargs)
    except Exception:
        log('Request failed')
        request_id.reset(token)
        raise
    log('Request complete')
    request_id.reset(token)
    return answer
