"""The events of a run, spelled as the Rust programs spell theirs: see `src/trace.rs`."""

from .clock import milliseconds
from .source import PROGRAM, running, running_line
from .stop import Stop


class Trace:
    """The recording of one run. It only grows, and nothing is added after `close`."""

    def __init__(self, clock, limits):
        self.events = []
        self.clock = clock
        self.limits = limits
        self.current = None
        """The task that is running, or that scheduled the callback that is running."""
        self._open = True
        self._line = None
        """The last line of the learner's code that an event names."""

    def add(self, kind, place=None, **fields):
        """Adds an event that happens now. `place` is a file and a line."""
        if not self._open:
            return
        if len(self.events) >= self.limits.events:
            sentence = f'The run has more than {self.limits.events:,} events: is there a loop without an end?'
            # Where a task waits, the line that runs may be the one that began the loop.
            raise Stop(sentence, self._line or running_line())
        event = {'seq': len(self.events), 'at': milliseconds(self.clock.ns), 'kind': kind, **fields}
        if place is not None:
            event['file'], event['row'] = place
            if place[0] == PROGRAM:
                self._line = place[1]
        self.events.append(event)

    def close(self):
        """Ends the recording: what asyncio does to clean up is not part of the run."""
        self._open = False

    @property
    def task_id(self):
        """The id of the running task; that of the main task where none is running."""
        return 0 if self.current is None else self.current.id

    def log(self, line):
        """A line of the output."""
        self.add('log', running(), task=self.task_id, line=line)

    def task(self, task, phase, place=None):
        """A task entered a phase of its life."""
        self.add('task', place, id=task.id, parent=task.parent, name=task.name, phase=phase)

    def wait(self, task, phase, place=None):
        """A task began or ended to wait."""
        self.add('wait', place, task=task.id, on=task.wait.on, **{'for': task.wait.target}, phase=phase)

    def wake(self, task, by):
        """A task was woken, by another task or by the clock."""
        self.add('wake', task=task.id, by=None if by is None else by.id)
