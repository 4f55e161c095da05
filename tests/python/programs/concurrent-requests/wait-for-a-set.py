# breaks: same-results
import asyncio


async def process_requests_concurrent(n):
    tasks = {asyncio.create_task(handle_request(i)) for i in range(1, n + 1)}
    responses = []
    while tasks:
        done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        responses += [task.result() for task in sorted(done, key=lambda task: task.get_name())]
    return responses
