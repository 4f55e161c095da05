# passes
import asyncio
import time
from enum import Enum


class State(Enum):
    CLOSED = 'closed'
    OPEN = 'open'
    HALF_OPEN = 'half_open'


class CircuitOpenError(Exception):
    def __init__(self, state):
        super().__init__(f'Circuit {state.name}')


class CircuitBreaker:
    def __init__(self, failure_threshold: int = 3, recovery_timeout: float = 0.3):
        self.failure_threshold = failure_threshold
        self.recovery_timeout = recovery_timeout
        self.state = State.CLOSED
        self.failures = 0
        self.opened_at = None
        self.generation = 0
        self.probing = False

    async def call(self, fn, *args, **kwargs):
        generation = self.admit()
        try:
            result = await fn(*args, **kwargs)
        except asyncio.CancelledError:
            if generation == self.generation:
                self.probing = False
            raise
        except Exception:
            if generation == self.generation:
                self.on_failure()
            raise
        if generation == self.generation:
            self.on_success()
        return result

    def admit(self):
        if self.state is State.OPEN and time.monotonic() >= self.opened_at + self.recovery_timeout:
            self.go(State.HALF_OPEN)
        if self.state is State.OPEN or self.probing:
            raise CircuitOpenError(self.state)
        if self.state is State.HALF_OPEN:
            self.probing = True
        return self.generation

    def on_success(self):
        self.failures = 0
        if self.state is State.HALF_OPEN:
            self.go(State.CLOSED)

    def on_failure(self):
        self.failures += 1
        if self.state is State.HALF_OPEN or self.failures >= self.failure_threshold:
            self.go(State.OPEN)

    def go(self, state):
        self.state = state
        self.generation += 1
        self.failures = 0
        self.probing = False
        if state is State.OPEN:
            self.opened_at = time.monotonic()


async def main():
    calls = 0

    async def flaky_service():
        nonlocal calls
        calls += 1
        if calls <= 5:
            raise RuntimeError('Service down')
        return 'Service up'

    breaker = CircuitBreaker(3, 0.3)
    for _ in range(12):
        try:
            print('ok', await breaker.call(flaky_service), breaker.state)
        except Exception as e:
            print('error', e, breaker.state)
        await asyncio.sleep(0.05)


asyncio.run(main())
