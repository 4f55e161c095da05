# error: TypeError
import asyncio


async def process_requests_concurrent(n):
    return await asyncio.gather([handle_request(i) for i in range(1, n + 1)])
