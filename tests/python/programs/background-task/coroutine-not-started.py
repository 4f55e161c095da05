# breaks: sent-once
async def create_order(user_id, items):
    send_notification(user_id, 'Your order is on its way.')
    return {'user_id': user_id, 'items': items, 'status': 'created'}
