# passes
import asyncio
import contextvars
import secrets

# sketch


async def middleware(handler, *args, **kwargs):
    async def call_next(request):
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

    return await with_id(None, call_next)
