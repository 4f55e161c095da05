# error: request_id
import uuid


async def middleware(handler, *args, **kwargs):
    rid = f'req-{uuid.uuid4().hex[:8]}'
    print(f'[{rid}] Handling request')
    answer = await handler(*args, **kwargs)
    print(f'[{rid}] Request complete')
    return answer
