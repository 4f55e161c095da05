"""Stops a loop of the learner that goes round for ever without an await, or that catches the errors which should end it.

`sys.monitoring` reports the jumps of the learner's code and of no other. A stop is raised at the jump, so it is outside of
every `try` in the loop's body: a bare `except:` there does not catch it. It reports each exception too: a program that
catches everything may not notice that it has no memory left.
"""

import sys
import types

from .source import running_line
from .stop import NO_MEMORY, Stop

_TOOL = sys.monitoring.DEBUGGER_ID

_FIRST_SIGN = 64
_SIGN = 0xFFFF
"""After 64 rounds, after twice as many and so on, and at every 65 536th the host gets a sign of life: rounds may be slow. After
the last round it gets none.
"""


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
        if Stop.raised is not None:
            # The loop's body has caught it.
            raise Stop.raised.with_traceback(None)
        self._rounds += 1
        rounds = self._rounds
        if rounds > self._most:
            line = sys._getframe(1).f_lineno
            raise Stop(f'A loop ran more than {self._most:,} rounds without an await.', line)
        if rounds >= _FIRST_SIGN and (rounds & _SIGN == 0 or rounds & (rounds - 1) == 0):
            self._signs.give(sys._getframe(1).f_lineno)
        return None

    def error(self, code, offset, error):
        """Called at each exception."""
        if isinstance(error, MemoryError) and (line := running_line()):
            Stop(NO_MEMORY, line)

    def count(self, code):
        """Counts the jumps of this code and of all functions in it."""
        for part in _parts(code):
            sys.monitoring.set_local_events(_TOOL, part, sys.monitoring.events.JUMP)


def call_at_jumps(counter):
    """Calls the counter at the jumps of the code that it counts, and at exceptions."""
    monitoring = sys.monitoring
    monitoring.use_tool_id(_TOOL, 'rounds')
    monitoring.register_callback(_TOOL, monitoring.events.JUMP, counter.jump)
    monitoring.register_callback(_TOOL, monitoring.events.RAISE, counter.error)
    monitoring.set_events(_TOOL, monitoring.events.RAISE)


def _parts(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _parts(constant)
