# check harder: in-turn
import asyncio

DB = {1: 'Alice', 2: 'Bob', 3: 'Carol'}


async def get_user(user_id):
    await asyncio.sleep(0.05)
    if user_id in DB:
        return {'id': user_id, 'name': DB[user_id]}
    return {'error': 'not found'}
