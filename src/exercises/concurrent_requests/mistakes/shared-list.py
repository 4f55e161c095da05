import asyncio


async def process_requests_concurrent(n):
    responses = []

    async def request(request_id):
        response = await handle_request(request_id)
        # Mistake: the task that runs first appends first.
        responses.append(response)

    async with asyncio.TaskGroup() as group:
        for request_id in range(1, n + 1):
            group.create_task(request(request_id))
    return responses
