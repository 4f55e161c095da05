"""What a scenario is given: settings, tasks, time, and the events that the rules read. The learner's code never sees it."""

import asyncio
from contextlib import contextmanager


class World:
    """The world of a scenario, with the words of `src/exercises/world.rs`."""

    def __init__(self, settings, trace, interference, random_bits):
        self.settings = settings
        self._trace = trace
        self._interference = interference
        self._random_bits = random_bits

    def __getitem__(self, setting):
        """The value of a setting."""
        return self.settings[setting]

    def seconds(self, setting):
        """A setting in milliseconds, as seconds for `asyncio.sleep`."""
        return self.settings[setting] / 1000

    @property
    def ns(self):
        """The time since the run began, in nanoseconds: exact, and not a reading as programs take."""
        return self._trace.clock.ns

    @property
    def now(self):
        """The same in seconds."""
        return self.ns / 1e9

    @property
    def is_down(self):
        """Whether the backend has been taken down."""
        return self._interference.is_down

    def random(self):
        """32 random bits, which follow from the seed."""
        return self._random_bits.next_32()

    def spawn(self, name, coroutine):
        """Starts a task in a lane of its own."""
        return asyncio.create_task(coroutine, name=name)

    def result(self, of, value):
        """Notes the value that a call gave, for the rules."""
        self._trace.add('result', task=self._trace.task_id, of=of, value=plain(value))

    def state(self, component, before, after):
        """Notes that a component changed its state."""
        self._trace.add('state', component=component, **{'from': before, 'to': after})

    def gauge(self, name, value, limit=None):
        """Notes a number over time, and its limit."""
        self._trace.add('gauge', name=name, value=value, limit=limit)

    @contextmanager
    def holds(self, of, label=None):
        """Notes that the running task holds a resource as long as the block runs."""
        task = self._trace.task_id
        self._use(task, of, label, 'begin')
        try:
            yield
        finally:
            self._use(task, of, label, 'end')

    def note_use(self, of, label, phase):
        """Notes that the running task takes a resource or gives it back."""
        self._use(self._trace.task_id, of, label, phase)

    def _use(self, task, of, label, phase):
        self._trace.add('use', task=task, of=of, label=label, phase=phase)


_DEEPEST = 50


def plain(value, depth=0):
    """A value as JSON has it. What JSON does not have is spelled."""
    if depth > _DEEPEST:
        return '...'
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, dict):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    return repr(value)
