import asyncio


async def process_requests_concurrent(n):
    # gather returns the responses in the order of the requests, whichever comes first.
    return await asyncio.gather(*(handle_request(request_id) for request_id in range(1, n + 1)))
