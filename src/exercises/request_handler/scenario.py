# Calls get_user for one id after another and prints what it answers.

import asyncio

NEEDS = {'get_user': 'async def get_user(user_id)'}


def given(world):
    async def query(user_id):
        with world.holds('database', f'query id {user_id}'):
            await asyncio.sleep(world.seconds('query_ms'))

    return {'query': query}


async def scenario(world, program):
    for user_id in world['ids']:
        call = f'get_user({user_id})'
        with world.holds('request', call):
            answer = await program.get_user(user_id)
        world.result(call, answer)
        print(answer)
