async def process_requests_concurrent(n):
    # Mistake: a coroutine starts only when it is awaited, so these run one after another.
    requests = [handle_request(request_id) for request_id in range(1, n + 1)]
    return [await request for request in requests]
