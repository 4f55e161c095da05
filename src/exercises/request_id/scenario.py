"""Plays what `program.rs` plays, with the learner's `middleware` and `request_id`."""

import asyncio
import contextvars
import sys

NEEDS = {'middleware': 'async def middleware(handler, *args, **kwargs)'}

NO_REQUEST = 'no-request'

inside = contextvars.ContextVar('inside', default=None)
"""The request that the running code works for, as the scenario knows it."""


def current_id():
    """The id that the learner's code has set."""
    return sys.modules['program'].request_id.get()


class Request:
    """Notes in the trace where a request begins and ends, and the current id before and after it."""

    def __init__(self, world, name):
        self.world, self.name, self.id = world, name, None
        world.result('before', current_id())

    def begin(self):
        """The request begins with its first line, or with its handler: the middleware has set the id by then."""
        if self.id is None:
            self.id = current_id()
            self.world.result('begin', self.id)
            self.world.note_use(self.id, self.name, 'begin')

    def end(self, cancelled):
        # One that was cancelled before its first line has not begun.
        if self.id is not None or not cancelled:
            self.begin()
            if current_id() != self.id:
                self.world.note_use(self.id, self.name, 'end')
        self.world.result('after', current_id())


def given(world):
    def log(text):
        """Prints a line with the current id."""
        if request := inside.get():
            request.begin()
        world.result('line', current_id())
        print(f'[{current_id()}] {text}')

    return {'log': log}


async def scenario(world, learner):
    log = learner.log

    async def through_middleware(name, handler, *args):
        request = Request(world, name)
        outer = inside.set(request)
        cancelled = False

        async def recorded_handler(*args):
            request.begin()
            return await handler(*args)

        try:
            return await learner.middleware(recorded_handler, *args)
        except asyncio.CancelledError:
            cancelled = True
            raise
        finally:
            inside.reset(outer)
            request.end(cancelled)

    async def fetch():
        # A fetch that takes no time does not let the other tasks run, as in Rust; `asyncio.sleep(0)` does.
        if world['fetch_ms']:
            await asyncio.sleep(world.seconds('fetch_ms'))

    async def handler(n):
        log(f'Fetching user {n}')
        if world['child'] != 'none':
            # A task of asyncio copies the context of its parent, unless it is given another one.
            context = contextvars.copy_context() if world['child'] == 'inherits' else contextvars.Context()
            context.run(inside.set, None)
            asyncio.create_task(mail(n), name=f'mail {n}', context=context)
        await fetch()
        if world['nested']:
            # A request to another part of the same service has an id of its own.
            await through_middleware(f'permissions {n}', permissions)
            log('Permissions checked')
        if is_due('fail_every', n):
            raise ConnectionError('user service is down')
        return f'user {n}'

    async def permissions():
        log('Checking permissions')
        await fetch()

    async def mail(n):
        id = current_id()
        if id != NO_REQUEST:
            world.note_use(id, f'mail {n}', 'begin')
        log(f'Sending mail {n}')
        await fetch()
        log(f'Mail {n} sent')
        if id != NO_REQUEST:
            world.note_use(id, f'mail {n}', 'end')

    async def request(n):
        patience = world.seconds('fetch_ms') / 2 if is_due('cancel_every', n) else None
        async with asyncio.timeout(patience):
            return await through_middleware(f'request {n}', handler, n)

    def is_due(setting, n):
        return world[setting] > 0 and n % world[setting] == 0

    world.result('outside', current_id())
    requests = [world.spawn(f'request {n}', request(n)) for n in range(1, world['requests'] + 1)]
    answers = await asyncio.gather(*requests, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, Exception) and not isinstance(answer, ConnectionError | TimeoutError):
            raise answer
    if world['child'] != 'none':
        # The requests do not wait for their mails.
        await fetch()
    world.result('outside', current_id())
    print(f'All completed: {not any(isinstance(answer, Exception) for answer in answers)}')
