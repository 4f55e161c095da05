# check harder: test-call-freed
import time

ServiceDown = RuntimeError


class CircuitOpen(Exception):
    pass


class CircuitBreaker:
    def __init__(self, failure_threshold, recovery_timeout):
        self.failure_threshold = failure_threshold
        self.recovery_timeout = recovery_timeout
        self.period = 0
        self.change('CLOSED')

    async def call(self, fn, *args, **kwargs):
        breaker = self

        async def service():
            return await fn(*args, **kwargs)

        # sketch
        return result

    def enter(self):
        if self.state == 'OPEN' and time.monotonic() - self.since >= self.recovery_timeout:
            self.change('HALF_OPEN')
        if self.state == 'OPEN' or self.testing:
            raise CircuitOpen(f'Circuit {self.state}')
        self.testing = self.state == 'HALF_OPEN'
        return self.period

    def failed(self, period):
        if period == self.period:
            self.failures += 1
            if self.state == 'HALF_OPEN' or self.failures >= self.failure_threshold:
                self.change('OPEN')

    def succeeded(self, period):
        if period == self.period:
            self.failures = 0
            if self.state == 'HALF_OPEN':
                self.change('CLOSED')

    def change(self, state):
        self.state = state
        self.since = time.monotonic()
        self.failures = 0
        self.testing = False
        self.period += 1
