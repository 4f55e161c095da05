DB = {1: 'Alice', 2: 'Bob', 3: 'Carol'}


async def get_user(user_id):
    await query(user_id)
    # Mistake: an unknown id raises a KeyError.
    return {'id': user_id, 'name': DB[user_id]}
