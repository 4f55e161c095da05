# An order is confirmed at once, and its notification takes 100 ms.
# How do you send it without letting the customer wait, and without losing it?

import asyncio


async def create_order(user_id, items):
    # TODO: the customer should not wait for the notification.
    await send_notification(user_id, 'Your order is on its way.')
    return {'user_id': user_id, 'items': items, 'status': 'created'}
