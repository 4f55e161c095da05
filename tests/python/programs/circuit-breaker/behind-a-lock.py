# passes
import asyncio
import time


class CircuitBreaker:
    def __init__(self, failure_threshold, recovery_timeout):
        self.failure_threshold = failure_threshold
        self.recovery_timeout = recovery_timeout
        self.state = 'CLOSED'
        self.failures = 0
        self.opened_at = 0
        self.lock = asyncio.Lock()

    async def call(self, fn, *args, **kwargs):
        # Calls wait for each other here, which is slow; no rule asks for more.
        async with self.lock:
            if self.state == 'OPEN':
                if time.monotonic() - self.opened_at < self.recovery_timeout:
                    raise RuntimeError('Circuit OPEN')
                self.state = 'HALF_OPEN'
            try:
                result = await fn(*args, **kwargs)
            except Exception:
                self.failures += 1
                if self.state == 'HALF_OPEN' or self.failures >= self.failure_threshold:
                    self.state, self.failures = 'OPEN', 0
                    self.opened_at = time.monotonic()
                raise
            self.state, self.failures = 'CLOSED', 0
            return result
