# error: thread
import asyncio
import threading


async def create_order(user_id, items):
    threading.Thread(target=asyncio.run, args=(send_notification(user_id, 'created'),)).start()
    return {'user_id': user_id, 'items': items, 'status': 'created'}
