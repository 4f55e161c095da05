# A handler looks a user up while other requests go on.
# What does it answer for an id that is not in the database?

DB = {1: 'Alice', 2: 'Bob', 3: 'Carol'}


async def get_user(user_id):
    # TODO: wait for the query: `await query(user_id)`.
    # TODO: answer {'error': 'not found'} for an id that is not in DB.
    return {'id': user_id, 'name': DB[user_id]}
