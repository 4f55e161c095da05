# check harder: one-test-call
import time


class CircuitBreaker:
    def __init__(self, failure_threshold, recovery_timeout):
        self.failure_threshold = failure_threshold
        self.recovery_timeout = recovery_timeout
        self.failure_count = 0
        self.last_failure_time = None
        self.state = 'CLOSED'

    async def call(self, fn, *args, **kwargs):
        if self.state == 'OPEN':
            if time.monotonic() - self.last_failure_time >= self.recovery_timeout:
                self.state = 'HALF_OPEN'
            else:
                raise Exception('Circuit OPEN')
        try:
            result = await fn(*args, **kwargs)
        except Exception:
            self.failure_count += 1
            self.last_failure_time = time.monotonic()
            if self.state == 'HALF_OPEN' or self.failure_count >= self.failure_threshold:
                self.state = 'OPEN'
            raise
        self.failure_count = 0
        self.state = 'CLOSED'
        return result
