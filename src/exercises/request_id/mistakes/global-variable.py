import asyncio
import uuid


class GlobalVariable:
    # Mistake: one variable for the whole program. The request that starts last overwrites the ids of the others.
    id = 'no-request'

    def get(self):
        return self.id

    def set(self, id):
        before, self.id = self.id, id
        return before

    reset = set


request_id = GlobalVariable()


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
