# passes
import asyncio
import time


async def handle_request(request_id):
    await asyncio.sleep(0.1)
    return f'response {request_id}'


async def process_requests_serial(n):
    return [await handle_request(i) for i in range(1, n + 1)]


async def process_requests_concurrent(n):
    return await asyncio.gather(*(handle_request(i) for i in range(1, n + 1)))


async def main():
    start = time.perf_counter()
    serial = await process_requests_serial(10)
    print(f'Serial: {time.perf_counter() - start:.2f}s')
    start = time.perf_counter()
    concurrent = await process_requests_concurrent(10)
    print(f'Concurrent: {time.perf_counter() - start:.2f}s')
    print(f'Results equal: {serial == concurrent}')


asyncio.run(main())
