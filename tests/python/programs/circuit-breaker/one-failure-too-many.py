# breaks: reference
import time


class CircuitBreaker:
    def __init__(self, failure_threshold, recovery_timeout):
        self.failure_threshold = failure_threshold
        self.recovery_timeout = recovery_timeout
        self.state = 'CLOSED'
        self.failures = 0

    async def call(self, fn, *args, **kwargs):
        if self.state == 'OPEN':
            if time.monotonic() < self.retry_at:
                raise RuntimeError('Circuit OPEN')
            self.state = 'HALF_OPEN'
        try:
            result = await fn(*args, **kwargs)
            self.state, self.failures = 'CLOSED', 0
            return result
        except Exception:
            self.failures += 1
            if self.failures > self.failure_threshold:
                self.state = 'OPEN'
                self.retry_at = time.monotonic() + self.recovery_timeout
            raise
