# passes
import asyncio

# sketch


async def create_order(user_id, items):
    in_background(send_notification(user_id, 'created'))
    return {'user_id': user_id, 'items': items, 'status': 'created'}
