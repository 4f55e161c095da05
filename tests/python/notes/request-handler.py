# passes
from collections import namedtuple

Row = namedtuple('Row', 'id name')


class App:
    def get(self, path):
        return lambda function: function


class HTTPException(Exception):
    def __init__(self, status_code, detail):
        self.status_code = status_code
        self.detail = detail


class Users:
    rows = {1: Row(1, 'Alice'), 2: Row(2, 'Bob'), 3: Row(3, 'Carol')}

    async def find(self, user_id):
        await query(user_id)
        return self.rows.get(user_id)


app, users = App(), Users()

# sketch

endpoint = get_user


async def get_user(user_id):
    try:
        return await endpoint(user_id)
    except HTTPException as error:
        return {'error': error.detail}
