# breaks: returns-first
import asyncio


async def create_order(user_id, items):
    order = {'user_id': user_id, 'items': items, 'status': 'created'}
    await asyncio.gather(send_notification(user_id, 'created'), return_exceptions=True)
    return order
