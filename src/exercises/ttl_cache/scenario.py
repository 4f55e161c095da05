# Callers ask for a row at the same time. After a pause, one more caller asks for it.

import asyncio
import gc
import weakref

CANCELS = 'caller '
FIXED = ['max_entries']
NEEDS = {'AsyncTTLCache': 'class AsyncTTLCache: def __init__(self, ttl_seconds), async def get_or_fetch(self, key, fetch_fn)'}


class Row(str):
    """A row of the database. The database can count the rows that are still in memory."""


class Database:
    def __init__(self, world):
        self.world = world
        self.fetches = 0
        self.rows = weakref.WeakSet()
        self.fetched = {}  # key: when its latest row arrived

    async def fetch(self, key):
        self.fetches += 1
        number = self.fetches
        with self.world.holds(f'fetch {key}', f'fetch {number}'):
            await asyncio.sleep(self.world.seconds('fetch_ms'))
            if self.world.is_down or number == 1 and self.world['first_fails']:
                self.world.result(f'failed {key}', {'error': 'database is down'})
                raise ConnectionError('database is down')
            row = Row(f'{key}, fetch {number}')
            self.rows.add(row)
            self.fetched[key] = self.world.ns
            self.world.result(f'fetched {key}', row)
            return row

    def is_fresh(self, key):
        ttl = self.world['ttl_ms'] * 10**6
        return key in self.fetched and self.world.ns < self.fetched[key] + ttl

    def count_rows(self):
        gc.collect()
        self.world.gauge('rows kept', len(self.rows), self.world['max_entries'])


async def scenario(world, program):
    database = Database(world)
    cache = program.AsyncTTLCache(world.seconds('ttl_ms'))
    callers, keys = world['callers'], world['keys']

    async def ask(key):
        try:
            row = await cache.get_or_fetch(key, lambda: database.fetch(key))
        except ConnectionError as error:
            row = {'error': str(error)}
        world.result(f'get {key}', row)
        return key, row

    def caller(number, key):
        return world.spawn(f'caller {number}', ask(f'user:{key}'))

    # All callers ask at once.
    asking = [caller(number, (number - 1) % keys + 1) for number in range(1, callers + 1)]
    if world['cancel_first']:
        await asyncio.sleep(world.seconds('fetch_ms') / 2)
        asking[0].cancel()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    if errors := [answer for answer in answers if isinstance(answer, Exception)]:
        raise errors[0]
    answers = [answer for answer in answers if isinstance(answer, tuple)]

    first = {}
    same = all(first.setdefault(key, row) == row for key, row in answers)
    due = min(callers, keys)
    print(f'Fetch count: {database.fetches} (should be {due})')
    print(f'All same value: {same}')
    del asking, answers, errors, first
    database.count_rows()

    await asyncio.sleep(world.seconds('pause_ms'))
    due += not database.is_fresh('user:1')
    await caller(callers + 1, 1)
    print(f'After TTL expiry, fetches: {database.fetches} (should be {due})')
    database.count_rows()
