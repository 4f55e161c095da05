DB = {1: 'Alice', 2: 'Bob', 3: 'Carol'}


async def exists(user_id):
    await query(user_id)
    return user_id in DB


async def get_user(user_id):
    if not await exists(user_id):
        return {'error': 'not found'}
    # Mistake: a second query for a row that the first one has found already.
    await query(user_id)
    return {'id': user_id, 'name': DB[user_id]}
