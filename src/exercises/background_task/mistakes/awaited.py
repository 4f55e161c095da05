async def create_order(user_id, items):
    # Mistake: the customer waits for the mail server, and gets its errors.
    await send_notification(user_id, 'Your order is on its way.')
    return {'user_id': user_id, 'items': items, 'status': 'created'}
