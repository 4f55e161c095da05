# breaks: sent-once
import asyncio

tasks = set()


async def create_order(user_id, items):
    task = asyncio.create_task(send_notification(user_id, 'created'))
    tasks.add(task)
    tasks.add(asyncio.create_task(retry(task, user_id)))
    return {'user_id': user_id, 'items': items, 'status': 'created'}


async def retry(task, user_id):
    done, _ = await asyncio.wait({task}, timeout=0.05)
    if not done:
        await send_notification(user_id, 'created')
