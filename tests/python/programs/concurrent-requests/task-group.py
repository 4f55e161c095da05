# passes
import asyncio


async def process_requests_concurrent(n):
    async with asyncio.TaskGroup() as tg:
        tasks = [tg.create_task(handle_request(i)) for i in range(1, n + 1)]
    return [task.result() for task in tasks]
