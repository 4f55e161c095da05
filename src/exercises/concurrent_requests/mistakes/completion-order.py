import asyncio


async def process_requests_concurrent(n):
    requests = [handle_request(request_id) for request_id in range(1, n + 1)]
    # Mistake: the responses come in the order in which they are done.
    return [await response for response in asyncio.as_completed(requests)]
