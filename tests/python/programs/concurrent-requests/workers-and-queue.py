# passes
import asyncio


async def process_requests_concurrent(n):
    queue = asyncio.Queue()
    responses = [None] * n

    async def worker():
        while not queue.empty():
            index = queue.get_nowait()
            responses[index] = await handle_request(index + 1)
            queue.task_done()

    for index in range(n):
        queue.put_nowait(index)
    workers = [asyncio.create_task(worker()) for _ in range(n)]
    await queue.join()
    for task in workers:
        task.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return responses
