# passes
import asyncio


async def process_requests_concurrent(n):
    async def numbered(request_id):
        return request_id, await handle_request(request_id)

    responses = {}
    for finished in asyncio.as_completed([numbered(i) for i in range(1, n + 1)]):
        request_id, response = await finished
        responses[request_id] = response
    return [responses[request_id] for request_id in sorted(responses)]
