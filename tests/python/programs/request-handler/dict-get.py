# passes
import asyncio

DB = {1: 'Alice', 2: 'Bob', 3: 'Carol'}


async def get_user(user_id):
    await query(user_id)
    name = DB.get(user_id)
    return {'id': user_id, 'name': name} if name else {'error': 'not found'}


async def main():
    print(await get_user(1))
    print(await get_user(99))


if __name__ == '__main__':
    asyncio.run(main())
