class CircuitBreaker:
    def __init__(self, failure_threshold, recovery_timeout):
        self.state = 'CLOSED'

    async def call(self, fn, *args, **kwargs):
        # Mistake: there is no breaker. Every call reaches the service, whether it is down or not.
        return await fn(*args, **kwargs)
