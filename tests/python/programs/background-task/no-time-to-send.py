# breaks: sent-once
import asyncio
from contextlib import suppress


async def create_order(user_id, items):
    with suppress(TimeoutError):
        await asyncio.wait_for(send_notification(user_id, 'created'), timeout=0)
    return {'user_id': user_id, 'items': items, 'status': 'created'}
