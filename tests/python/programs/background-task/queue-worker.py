# check harder: sent-once
import asyncio

queue = asyncio.Queue()
workers = []


async def worker():
    while True:
        user_id, message = await queue.get()
        try:
            await send_notification(user_id, message)
        except ConnectionError as error:
            print(f'notification {user_id} failed: {error}')
        queue.task_done()


async def create_order(user_id, items):
    if not workers:
        workers.append(asyncio.create_task(worker()))
    queue.put_nowait((user_id, f'Order of {len(items)} items created'))
    return {'user_id': user_id, 'items': items, 'status': 'created'}
