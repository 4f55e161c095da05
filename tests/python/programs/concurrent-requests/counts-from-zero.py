# breaks: same-results
import asyncio


async def process_requests_concurrent(n):
    return await asyncio.gather(*(handle_request(i) for i in range(n)))
