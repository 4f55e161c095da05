import asyncio
import contextvars
import uuid

# Each task has a context of its own, so requests that run at the same time do not see each other's id.
request_id = contextvars.ContextVar('request_id', default='no-request')


async def middleware(handler, *args, **kwargs):
    """Runs the handler under a new id, and logs the start and the end of the request."""
    token = request_id.set(f'req-{uuid.uuid4().hex[:8]}')
    try:
        log('Handling request')
        try:
            answer = await handler(*args, **kwargs)
        except asyncio.CancelledError:
            log('Request cancelled')
            raise
        except Exception:
            log('Request failed')
            raise
        log('Request complete')
        return answer
    finally:
        # The id from before, whichever way the request ended: it may be that of an outer request.
        request_id.reset(token)
