import asyncio
import uuid
import weakref


class TaskVariable:
    """A variable of its own for each task."""

    def __init__(self):
        self.ids = weakref.WeakKeyDictionary()

    def get(self):
        # Mistake: a new task is not in this dict. A ContextVar would give it its parent's id.
        return self.ids.get(asyncio.current_task(), 'no-request')

    def set(self, id):
        before = self.get()
        self.ids[asyncio.current_task()] = id
        return before

    reset = set


request_id = TaskVariable()


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
