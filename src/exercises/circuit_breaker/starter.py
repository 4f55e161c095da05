import asyncio
import time

# A service fails five calls and then works again. The breaker stops calling it after three failures in a row, and
# tries one call after 300 ms. What should happen to the other calls while that one is under way?


class CircuitBreaker:
    def __init__(self, failure_threshold, recovery_timeout):
        self.failure_threshold = failure_threshold
        self.recovery_timeout = recovery_timeout
        self.state = 'CLOSED'

    async def call(self, fn, *args, **kwargs):
        # TODO: count failures in a row, and open the breaker when there are `failure_threshold` of them.
        # TODO: while it is OPEN, raise RuntimeError('Circuit OPEN') without calling `fn`.
        # TODO: after `recovery_timeout` seconds be HALF_OPEN, and let one call through: it closes or opens the breaker.
        return await fn(*args, **kwargs)
