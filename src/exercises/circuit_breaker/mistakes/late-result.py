import asyncio
import time


class CircuitBreaker:
    def __init__(self, failure_threshold, recovery_timeout):
        self.failure_threshold = failure_threshold
        self.recovery_timeout = recovery_timeout
        self.state = 'CLOSED'
        self.failures = 0
        self.opened = 0
        self.testing = False
        # How often the state has changed: tells a result from before a change from one after it.
        self.changes = 0

    async def call(self, fn, *args, **kwargs):
        if self.state == 'OPEN' and time.monotonic() - self.opened >= self.recovery_timeout:
            self.change('HALF_OPEN')
        if self.state == 'OPEN' or self.testing:
            raise RuntimeError(f'Circuit {self.state}')
        self.testing = self.state == 'HALF_OPEN'
        since = self.changes
        try:
            value = await fn(*args, **kwargs)
        except asyncio.CancelledError:
            # No answer: the test call makes way for another one.
            if since == self.changes:
                self.testing = False
            raise
        except Exception:
            self.count(since, succeeded=False)
            raise
        self.count(since, succeeded=True)
        return value

    def count(self, since, succeeded):
        # Mistake: the call may have been made before the breaker opened.
        if succeeded:
            self.failures = 0
            if self.state != 'CLOSED':
                self.change('CLOSED')
        else:
            self.failures += 1
            if self.failures >= self.failure_threshold or self.state == 'HALF_OPEN':
                self.change('OPEN')

    def change(self, state):
        self.state = state
        self.failures = 0
        self.testing = False
        self.changes += 1
        if state == 'OPEN':
            self.opened = time.monotonic()
