# breaks: concurrent-longest
import asyncio

semaphore = asyncio.Semaphore(3)


async def limited(request_id):
    async with semaphore:
        return await handle_request(request_id)


async def process_requests_concurrent(n):
    return await asyncio.gather(*(limited(i) for i in range(1, n + 1)))
