# passes
import asyncio


async def process_requests_concurrent(n):
    tasks = []
    for i in range(n):
        tasks.append(asyncio.create_task(handle_request(i + 1), name=f'worker-{i}'))
    results = []
    for task in tasks:
        results.append(await task)
    return results


results = asyncio.run(process_requests_concurrent(10))
print(results)
print(len(results))
