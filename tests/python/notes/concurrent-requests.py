# passes
import asyncio


def fetch(i):
    return handle_request(i + 1)


async def process_requests_concurrent(n):
    # sketch line 2, 10 is n
    return results
