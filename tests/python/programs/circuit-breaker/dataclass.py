# passes
import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum, auto


class State(StrEnum):
    CLOSED = auto()
    OPEN = auto()
    HALF_OPEN = auto()


@dataclass
class Period:
    """The time between two changes of the state."""

    state: State
    began: float = field(default_factory=time.monotonic)
    failures: int = 0
    has_probe: bool = False


@dataclass
class CircuitBreaker:
    failure_threshold: int
    recovery_timeout: float
    period: Period = field(default_factory=lambda: Period(State.CLOSED))

    @property
    def state(self):
        return self.period.state

    async def call(self, fn, *args, **kwargs):
        async with self.admitted():
            return await fn(*args, **kwargs)

    @asynccontextmanager
    async def admitted(self):
        if self.state is State.OPEN and time.monotonic() - self.period.began >= self.recovery_timeout:
            self.period = Period(State.HALF_OPEN)
        period = self.period
        if period.state is State.OPEN or period.has_probe:
            raise ConnectionRefusedError(f'Circuit {period.state.name}')
        period.has_probe = period.state is State.HALF_OPEN
        try:
            yield
        except asyncio.CancelledError:
            period.has_probe = False
            raise
        except Exception:
            period.failures += 1
            if period is self.period and (period.has_probe or period.failures == self.failure_threshold):
                self.period = Period(State.OPEN)
            raise
        else:
            period.failures = 0
            if period is self.period and period.has_probe:
                self.period = Period(State.CLOSED)
