# output
DB = {1: 'Alice', 2: 'Bob', 3: 'Carol'}


async def get_user(user_id):
    print('looking up', user_id)
    await query(user_id)
    print('done')
    match DB.get(user_id):
        case None:
            return {'error': 'not found'}
        case name:
            return {'id': user_id, 'name': name}
