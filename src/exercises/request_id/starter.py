import asyncio
import contextvars
import uuid

# `log(text)` is given: it prints the text with the id of the request, `[req-1a2b3c4d] text`, and reads `request_id`.
# Three requests run at the same time. How does a line know which of them it belongs to?

request_id = contextvars.ContextVar('request_id', default='no-request')


async def middleware(handler, *args, **kwargs):
    # TODO: give the request an id of its own: `req-` and eight hex digits.
    # TODO: when the request ends, restore the id from before, also after an error or a cancellation.
    # TODO: log the end: 'Request complete', 'Request failed' or 'Request cancelled'.
    log('Handling request')
    return await handler(*args, **kwargs)
