# passes
import asyncio
import contextvars
import secrets
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar('request_id', default='no-request')


async def middleware(handler, *args, **kwargs):
    context = contextvars.copy_context()
    context.run(request_id.set, f'req-{secrets.token_hex(4)}')
    task = asyncio.create_task(run(handler, args, kwargs), context=context)
    try:
        return await task
    finally:
        if not task.done():
            task.cancel()


async def run(handler, args, kwargs):
    log('Handling request')
    outcome = 'cancelled'
    try:
        answer = await handler(*args, **kwargs)
        outcome = 'complete'
        return answer
    except Exception:
        outcome = 'failed'
        raise
    finally:
        log(f'Request {outcome}')
