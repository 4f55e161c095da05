"""Plays what `program.rs` plays, with the learner's `AsyncConnectionPool`."""

import asyncio

NEEDS = {'AsyncConnectionPool': 'class AsyncConnectionPool with acquire() for `async with`'}

CANCELS = 'query '


class Database:
    """Counts the connections on which a query is running."""

    def __init__(self, world):
        self.world, self.opened, self.idle, self.active, self.most = world, 0, [], 0, 0

    def connection(self):
        """The number of the connection that has been idle longest, or of a new one."""
        if self.idle:
            return self.idle.pop(0)
        self.opened += 1
        return self.opened

    def set_active(self, active):
        self.active, self.most = active, max(self.most, active)
        self.world.gauge('active', active, self.world['size'])

    async def query(self, number):
        world = self.world
        self.set_active(self.active + 1)
        try:
            world.result('handed out', self.active)
            if world['query_ms']:
                await asyncio.sleep(world.seconds('query_ms'))
            if world.is_down or world['fail_every'] and number % world['fail_every'] == 0:
                raise RuntimeError('query failed')
            return f'result_{number}'
        finally:
            self.set_active(self.active - 1)


async def scenario(world, learner):
    size, queries = world['size'], world['queries']
    database = Database(world)
    pool = learner.AsyncConnectionPool(max_connections=size)

    async def query(number):
        async with pool.acquire():
            connection = database.connection()
            try:
                with world.holds(f'connection {connection}', f'query {number}'):
                    return await database.query(number)
            finally:
                database.idle.append(connection)

    tasks = [world.spawn(f'query {number}', query(number)) for number in range(1, queries + 1)]
    if every := world['cancel_every']:
        if world['cancel_ms']:
            await asyncio.sleep(world.seconds('cancel_ms'))
        for task in tasks[every - 1 :: every]:
            task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    answered = sum(isinstance(answer, str) for answer in answers)
    print(f'All {queries} results: {answered == queries}')
    print(f'Max concurrent connections: {database.most}')
    print(f'Pool limit respected: {database.most <= size}')
    world.result('free', await free(pool, size))


async def free(pool, size):
    """How many connections can be taken at once when all is over."""
    taken = []
    try:
        while len(taken) < size:
            manager = pool.acquire()
            # No time passes in a pool that has one.
            async with asyncio.timeout(1e-6):
                await manager.__aenter__()
            taken.append(manager)
    except TimeoutError:
        pass
    for manager in taken:
        await manager.__aexit__(None, None, None)
    return len(taken)
