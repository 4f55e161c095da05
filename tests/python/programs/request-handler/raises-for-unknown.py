# breaks: unknown-answered
DB = {1: 'Alice', 2: 'Bob', 3: 'Carol'}


async def get_user(user_id):
    await query(user_id)
    if user_id not in DB:
        raise ValueError('not found')
    return {'id': user_id, 'name': DB[user_id]}
