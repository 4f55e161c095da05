# breaks: same-results
import asyncio


async def process_requests_concurrent(n):
    await asyncio.gather(*(handle_request(i) for i in range(1, n + 1)))
