# Ten requests take 100 ms each. One after another, that is a second.
# How do you have all the responses, in the order of the requests, after 100 ms?

import asyncio


async def process_requests_concurrent(n):
    # TODO: start all requests before you wait for the first one.
    responses = []
    for request_id in range(1, n + 1):
        responses.append(await handle_request(request_id))
    return responses
