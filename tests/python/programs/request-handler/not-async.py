# error: can't be used in 'await' expression
DB = {1: 'Alice', 2: 'Bob', 3: 'Carol'}


def get_user(user_id):
    query(user_id)
    if user_id in DB:
        return {'id': user_id, 'name': DB[user_id]}
    return {'error': 'not found'}
