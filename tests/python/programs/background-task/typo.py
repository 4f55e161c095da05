# error: name 'asyncoi' is not defined
import asyncio


async def create_order(user_id, items):
    asyncoi.create_task(send_notification(user_id, 'created'))
    return {'user_id': user_id, 'items': items, 'status': 'created'}
