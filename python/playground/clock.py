"""The simulated clock of a run.

Time is a whole number of nanoseconds since the run began. It passes only when the loop moves it to the next deadline.
"""

from .source import running_line
from .stop import Stop

EPOCH_NS = 1_700_000_000 * 10**9
"""What `time.time_ns()` gives when a run begins."""

_MICROSECOND = 1_000
_WIDE_STEPS = 250
_MOST_AHEAD = 400_000


class Clock:
    """The time of a run, and the readings that programs take of it.

    A real clock never stands still, and programs rely on it: they subtract floats, and 0.7 - 0.4 is less than 0.3. So each
    reading is a little later than the one before, even at the same moment: the first 250 by a microsecond, further ones by
    a nanosecond. Together that is less than half a millisecond, the smallest step of times in the exercises.
    """

    def __init__(self, most_readings):
        self.ns = 0
        self._ahead = 0
        self._most_readings = most_readings
        self._moment = 0
        self._readings = 0
        self._in_thread = None

    def read(self):
        """One reading, in nanoseconds."""
        self._count()
        step = _MICROSECOND if self._ahead < _WIDE_STEPS * _MICROSECOND else 1
        self._ahead = min(self._ahead + step, _MOST_AHEAD)
        return self.ns + (self._in_thread or 0) + self._ahead

    def seconds(self):
        """One reading, in seconds."""
        return self.read() / 1e9

    def block(self, ns):
        """Time passes while nothing else runs, or in a thread alone."""
        if self._in_thread is None:
            self.advance_to(self.ns + ns)
        else:
            self._in_thread += ns

    def in_thread(self, function):
        """Calls a function as a thread would. Returns its result, and how long it was blocked in nanoseconds."""
        before, self._in_thread = self._in_thread, 0
        try:
            return function(), self._in_thread
        finally:
            self._in_thread = before

    def advance_to(self, ns):
        """Moves the time to a deadline. It never goes back."""
        self.ns = max(self.ns, ns)

    def _count(self):
        """Stops a program that reads the clock until it is later: it would read for ever."""
        if self._moment != self.ns:
            self._moment, self._readings = self.ns, 0
        self._readings += 1
        if self._readings > self._most_readings:
            raise Stop(
                f'The clock was read more than {self._most_readings:,} times at {milliseconds(self.ns)} ms. '
                'Simulated time passes only where a task awaits.',
                running_line(),
            )


def milliseconds(ns):
    """Nanoseconds as milliseconds, whole where they are."""
    return ns // 1_000_000 if ns % 1_000_000 == 0 else ns / 1e6
