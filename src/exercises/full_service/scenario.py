"""Plays what `program.rs` plays, with the learner's `AsyncService`, and gives it a backend, a rate limiter and a breaker."""

import asyncio

NEEDS = {'AsyncService': 'class AsyncService with get(resource_id) and get_metrics()'}

CANCELS = 'request '

TOKEN = 10**9
"""One token, in billionths: at one token per second, each nanosecond adds one billionth."""


class NotFound(Exception):
    """The backend works, and has nothing under this id."""


class CircuitOpen(Exception):
    """The breaker refuses a call."""


class Backend:
    """What the learner's service is given. It records in the trace every fetch that reaches it."""

    def __init__(self, world):
        self.world, self.fetches, self.under_way, self.tokens = world, 0, 0, 0
        self.shown = {'tokens': 0, 'fetches under way': 0}
        self.limiter = None

    async def fetch(self, resource_id):
        """Fetches a resource from the slow backend."""
        world = self.world
        self.fetches += 1
        if self.fetches > self.tokens:
            # The service has a rate limiter of its own.
            self.passed()
        end = {'number': self.fetches, 'id': resource_id, 'outcome': 'dropped'}
        self.under_way += 1
        self.show_gauges()
        try:
            with world.holds('fetch', f'id {resource_id}'):
                world.result('fetch', resource_id)
                try:
                    return await self.answer(resource_id, end)
                finally:
                    world.result('fetch ended', end)
        finally:
            self.under_way -= 1
            self.show_gauges()

    async def answer(self, resource_id, end):
        world = self.world
        outage = world['outage_from_ms']
        if outage <= world.now * 1000 < outage + world['outage_ms']:
            # No answer and no error: only a timeout ends this.
            await asyncio.Event().wait()
        if world['fetch_ms']:
            await asyncio.sleep(world.seconds('fetch_ms'))
        if world.is_down or resource_id in world['failing_ids']:
            end['outcome'] = 'failed'
            raise ConnectionError('Backend down')
        if resource_id > 100:
            end['outcome'] = 'not found'
            raise NotFound(f'Resource {resource_id} not found')
        end['outcome'] = 'ok'
        return f'Resource {resource_id}'

    def passed(self):
        """A fetch has passed the rate limit."""
        self.tokens += 1
        self.world.result('token', self.tokens)
        self.show_gauges()

    def show_gauges(self):
        self.gauge('tokens', self.limiter.available() if self.limiter else 0, self.world['burst'])
        self.gauge('fetches under way', self.under_way, self.world['concurrency'])

    def gauge(self, name, value, limit):
        if self.shown[name] != value:
            self.shown[name] = value
            self.world.gauge(name, value, limit)


def given(world):
    backend = Backend(world)

    class RateLimiter:
        """A bucket of `burst` tokens that fills at `rate` tokens per second. `await acquire()` takes one, in turn."""

        def __init__(self, rate, burst):
            self.rate, self.full = rate, burst * TOKEN
            self.level, self.at = self.full, now()
            self.turn = asyncio.Lock()
            backend.limiter = self

        def fill(self):
            self.level = min(self.full, self.level + (now() - self.at) * self.rate)
            self.at = now()

        def available(self):
            self.fill()
            return self.level // TOKEN

        async def acquire(self):
            with world.holds('rate limit'):
                async with self.turn:
                    if self.available() < 1:
                        # Rounded up: never too early.
                        await asyncio.sleep(-((self.level - TOKEN) // self.rate) / 1e9)
                        self.fill()
                    self.level -= TOKEN
            backend.passed()

    class CircuitBreaker:
        """Opens after `failure_threshold` failures in a row, and lets one test call through after `recovery_timeout`.

        `await call(fn, *args)` raises `CircuitOpen` where it refuses. Errors of the classes `ignored` are answers.
        """

        def __init__(self, failure_threshold, recovery_timeout, ignored=()):
            self.threshold, self.recovery, self.ignored = failure_threshold, round(recovery_timeout * 1e9), ignored
            self.state, self.failures, self.opened, self.testing, self.changes = 'CLOSED', 0, 0, False, 0

        async def call(self, fn, *args):
            if self.state == 'OPEN' and now() - self.opened >= self.recovery:
                self.change('HALF_OPEN')
            if self.state == 'OPEN' or self.testing:
                with world.holds('breaker', 'refuses'):
                    raise CircuitOpen('Circuit OPEN')
            with world.holds('breaker', 'lets through'):
                self.testing = self.state == 'HALF_OPEN'
                began = self.changes
            try:
                value = await fn(*args)
            except asyncio.CancelledError:
                if began == self.changes:
                    self.testing = False
                raise
            except Exception as error:
                self.settle(began, isinstance(error, self.ignored))
                raise
            self.settle(began, True)
            return value

        def settle(self, began, succeeded):
            # The result of a call that began before the last change says nothing about the backend of now.
            if began != self.changes:
                return
            self.failures = 0 if succeeded else self.failures + 1
            if self.state == 'HALF_OPEN':
                self.change('CLOSED' if succeeded else 'OPEN')
            elif self.failures >= self.threshold:
                self.change('OPEN')

        def change(self, state):
            world.state('breaker', self.state, state)
            self.state, self.failures, self.testing = state, 0, False
            self.opened = now()
            self.changes += 1

    def now():
        return round(world.now * 1e9)

    return {
        'fetch': backend.fetch,
        'RateLimiter': RateLimiter,
        'CircuitBreaker': CircuitBreaker,
        'CircuitOpen': CircuitOpen,
        'NotFound': NotFound,
    }


async def scenario(world, learner):
    service = learner.AsyncService(
        ttl_seconds=world.seconds('ttl_ms'),
        rate=world['rate'],
        burst=world['burst'],
        concurrency=world['concurrency'],
        timeout_seconds=world.seconds('timeout_ms'),
    )

    async def request(number, resource_id):
        every = world['give_up_every']
        patience = world.seconds('fetch_ms') / 2 if every and number % every == 0 else None
        world.result('asked', resource_id)
        try:
            async with asyncio.timeout(patience) as limit:
                answer = 'ok', await service.get(resource_id)
        except TimeoutError:
            answer = ('cancelled', 'Caller gave up') if limit.expired() else ('timed out', 'Timeout')
        except CircuitOpen:
            answer = 'rejected', 'Circuit OPEN'
        except (ConnectionError, NotFound) as error:
            answer = 'error', str(error)
        kind, text = answer
        world.result('answer', {'id': resource_id, 'kind': kind, 'text': text})

    requests = []
    for number, resource_id in enumerate(world['ids'], 1):
        if number > 1 and world['gap_ms']:
            await asyncio.sleep(world.seconds('gap_ms'))
        requests.append(world.spawn(f'request {number}', request(number, resource_id)))
    for error in await asyncio.gather(*requests, return_exceptions=True):
        if isinstance(error, Exception):
            raise error
    metrics = service.get_metrics()
    world.result('metrics', metrics)
    print(f"Total requests: {metrics['total']}")
    print(f"Cache hits: {metrics['hits']}")
    print(f"Cache misses: {metrics['misses']}")
    print(f"Successful: {metrics['ok']}")
