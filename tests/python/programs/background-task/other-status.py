# output
import asyncio

tasks = []


async def create_order(user_id, items):
    tasks.append(asyncio.create_task(send_notification(user_id, 'ok')))
    return {'user_id': user_id, 'items': items, 'status': 'ok'}
