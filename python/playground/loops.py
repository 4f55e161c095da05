"""Stops a loop of the learner that goes round for ever without an await.

`sys.monitoring` reports the jumps of the learner's code and of no other. A stop is raised at the jump, so it is outside of
every `try` in the loop's body: a bare `except:` there does not catch it.
"""

import sys
import types
from contextlib import contextmanager

from .stop import Stop

_TOOL = sys.monitoring.DEBUGGER_ID

_SIGN = 0xFFFF
"""Each time that so many rounds have passed, the host gets a sign of life. After the last round it gets none."""


class RoundCounter:
    """Counts backward jumps since the last await."""

    def __init__(self, most, signs):
        self._most = most
        self._signs = signs
        self._rounds = 0

    def reset(self):
        self._rounds = 0

    def jump(self, code, offset, destination):
        """Called at each jump."""
        if destination > offset:
            return sys.monitoring.DISABLE
        self._rounds += 1
        if self._rounds & _SIGN == 0 and self._rounds <= self._most:
            self._signs.give(sys._getframe(1).f_lineno)
        if self._rounds > self._most:
            line = sys._getframe(1).f_lineno
            raise Stop(f'A loop ran more than {self._most:,} rounds without an await.', line)
        return None


@contextmanager
def counted(counter, code):
    """Counts the jumps of this code and of all functions in it."""
    monitoring = sys.monitoring
    monitoring.use_tool_id(_TOOL, 'rounds')
    monitoring.register_callback(_TOOL, monitoring.events.JUMP, counter.jump)
    monitoring.restart_events()
    for part in _parts(code):
        monitoring.set_local_events(_TOOL, part, monitoring.events.JUMP)
    try:
        yield
    finally:
        monitoring.register_callback(_TOOL, monitoring.events.JUMP, None)
        monitoring.free_tool_id(_TOOL)


def _parts(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _parts(constant)
