import asyncio
import contextvars
import time

# Each task has a context of its own, so requests that run at the same time do not see each other's id.
request_id = contextvars.ContextVar('request_id', default='no-request')


def clock_id():
    # Mistake: requests that start in the same millisecond get the same id.
    return f'req-{int(time.time() * 1000) & 0xffffffff:08x}'


async def middleware(handler, *args, **kwargs):
    """Runs the handler under a new id, and logs the start and the end of the request."""
    token = request_id.set(clock_id())
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
