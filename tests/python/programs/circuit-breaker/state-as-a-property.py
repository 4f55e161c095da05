# passes
import time


class CircuitBreaker:
    __slots__ = ('_threshold', '_recovery', '_state', '_failures', '_since', '_probe', '_epoch')

    def __init__(self, failure_threshold, recovery_timeout):
        self._threshold = failure_threshold
        self._recovery = recovery_timeout
        self._state = 'closed'
        self._failures = 0
        self._since = 0.0
        self._probe = False
        self._epoch = 0

    @property
    def state(self):
        return self._state

    def _switch(self, state):
        self._state, self._failures, self._probe = state, 0, False
        self._since = time.time()
        self._epoch += 1

    async def call(self, fn, *args, **kwargs):
        if self._state == 'open' and time.time() - self._since >= self._recovery:
            self._switch('half_open')
        if self._state == 'open' or self._probe:
            raise RuntimeError(f'Circuit {self._state.upper()}')
        self._probe = self._state == 'half_open'
        epoch = self._epoch
        ok = None
        try:
            result = await fn(*args, **kwargs)
            ok = True
            return result
        except Exception:
            ok = False
            raise
        finally:
            if epoch == self._epoch:
                self._probe = False
                if ok is True:
                    self._failures = 0
                    if self._state == 'half_open':
                        self._switch('closed')
                elif ok is False:
                    self._failures += 1
                    if self._state == 'half_open' or self._failures >= self._threshold:
                        self._switch('open')
