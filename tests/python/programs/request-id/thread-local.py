# breaks: own-id
import threading
import uuid


class RequestId(threading.local):
    value = 'no-request'

    def get(self):
        return self.value


request_id = RequestId()


async def middleware(handler, *args, **kwargs):
    before = request_id.value
    request_id.value = f'req-{uuid.uuid4().hex[:8]}'
    try:
        log('Handling request')
        answer = await handler(*args, **kwargs)
        log('Request complete')
        return answer
    finally:
        request_id.value = before
