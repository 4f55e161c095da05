# output
import asyncio
import time


async def process_requests_concurrent(n):
    start = time.perf_counter()
    responses = await asyncio.gather(*[handle_request(i) for i in range(1, n + 1)])
    print(f'took {time.perf_counter() - start:.3f}')
    return list(responses)
