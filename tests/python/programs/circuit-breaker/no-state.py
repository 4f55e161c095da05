# error: no attribute 'state'
class CircuitBreaker:
    def __init__(self, failure_threshold, recovery_timeout):
        self.failures = 0

    async def call(self, fn, *args, **kwargs):
        return await fn(*args, **kwargs)
