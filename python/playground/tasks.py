"""Tasks that record when they start, wait and end."""

import asyncio
import collections.abc
import weakref
from dataclasses import dataclass

from .source import PROGRAM, running, running_line, waiting
from .stop import Stop

_WAITS = {
    'sleep': 'sleep',
    'Lock.acquire': 'lock',
    'Semaphore.acquire': 'permit',
    'BoundedSemaphore.acquire': 'permit',
    'Event.wait': 'event',
    'Condition.wait': 'condition',
    'Queue.get': 'queue',
    'Queue.put': 'queue',
    'Queue.join': 'queue',
    'Barrier.wait': 'barrier',
}
"""What a task waits for, by the function of asyncio that it waits in."""

_LONGEST_NAME = 40


@dataclass(frozen=True)
class Wait:
    """What a task waits for."""

    on: str
    target: str | None
    line: int | None
    """The line of the learner's code, if it waits there."""


class TaskList:
    """The tasks of a run, in the order in which they were spawned. It keeps none of them alive."""

    def __init__(self, trace, ends_with_first):
        self.trace = trace
        self.recorded = []
        self.ends_with_first = ends_with_first
        """Whether the first task is all of the run. A program that runs as it is may start several, one after another."""

    def make(self, loop, coroutine, **options):
        """Makes a task whose steps are recorded."""
        if getattr(coroutine, '__qualname__', '').startswith('BaseEventLoop.shutdown_'):
            # The runner's own tasks, after the end of the run.
            return asyncio.Task(coroutine, loop=loop, **options)
        if len(self.recorded) >= self.trace.limits.tasks:
            coroutine.close()
            raise Stop(f'The program started more than {self.trace.limits.tasks:,} tasks.', running_line())
        recorded = RecordedCoroutine(self, coroutine, options.get('name'))
        self.recorded.append(recorded)
        self.trace.task(recorded, 'spawned', running())
        task = asyncio.Task(recorded, loop=loop, **options)
        recorded.task = weakref.ref(task)
        return task

    def finish(self):
        """Notes the tasks that are left unfinished, and ends the recording."""
        for recorded in self.recorded:
            if not recorded.ended:
                self.trace.task(recorded, 'unfinished')
        self.trace.close()


class RecordedCoroutine(collections.abc.Coroutine):
    """The coroutine of a task, which records each of its steps."""

    def __init__(self, tasks, coroutine, name):
        self.id = len(tasks.recorded)
        self.parent = None if tasks.trace.current is None else tasks.trace.current.id
        self.name = name or ('main' if self.id == 0 else _call(coroutine))
        self.coroutine = coroutine
        self.task = None
        self.wait = None
        self.woken = False
        self.ended = False
        self._started = False
        self._tasks = tasks
        self.__name__ = self.__qualname__ = getattr(coroutine, '__qualname__', 'task')

    # asyncio and its users look at these of a task's coroutine.
    cr_frame = property(lambda self: self.coroutine.cr_frame)
    cr_code = property(lambda self: self.coroutine.cr_code)
    cr_await = property(lambda self: self.coroutine.cr_await)
    cr_running = property(lambda self: self.coroutine.cr_running)

    def send(self, value):
        if not self._started:
            self._started = True
            self._tasks.trace.task(self, 'started')
        return self._step(self.coroutine.send, value)

    def throw(self, *error):
        # A task that is cancelled before its first step never starts.
        return self._step(self.coroutine.throw, *error)

    def close(self):
        return self.coroutine.close()

    def __await__(self):
        return self.coroutine.__await__()

    def _step(self, resume, *arguments):
        """Runs the coroutine until it waits or ends."""
        trace = self._tasks.trace
        before, trace.current = trace.current, self
        try:
            self._end_wait(trace)
            try:
                awaited = resume(*arguments)
            except StopIteration:
                self._end('finished')
                raise
            except asyncio.CancelledError:
                self._end('cancelled')
                raise
            except Stop:
                raise
            except BaseException:
                self._end('failed')
                raise
            self._begin_wait(awaited, trace)
            return awaited
        finally:
            trace.current = before

    def _end_wait(self, trace):
        if self.wait is not None:
            if not self.woken:
                trace.wake(self, None)
            trace.wait(self, 'end')
        self.wait, self.woken = None, False

    def _begin_wait(self, awaited, trace):
        place, inside = waiting(self.coroutine)
        on, target = self._awaited(awaited, inside)
        self.wait = Wait(on, target, place[1] if place and place[0] == PROGRAM else None)
        trace.wait(self, 'begin', place)

    def _awaited(self, awaited, inside):
        if awaited is None:
            return 'turn', None
        if isinstance(awaited, asyncio.Task):
            other = recorded_coroutine(awaited)
            return 'task', other and other.name
        if type(awaited).__name__ == '_GatheringFuture':
            return 'gather', None
        return _WAITS.get(inside, 'future'), None

    def _end(self, phase):
        self.ended = True
        self._tasks.trace.task(self, phase)
        if self.id == 0 and self._tasks.ends_with_first:
            self._tasks.finish()


def recorded_coroutine(task):
    """The recorded coroutine of a task, if it has one."""
    coroutine = task.get_coro()
    return coroutine if isinstance(coroutine, RecordedCoroutine) else None


def _call(coroutine):
    """The name of a task that was given none: the call that made its coroutine, such as `query(3)`."""
    name = getattr(coroutine, '__name__', 'task')
    frame = getattr(coroutine, 'cr_frame', None)
    if frame is None:
        return name
    code = frame.f_code
    values = [frame.f_locals.get(argument) for argument in code.co_varnames[: code.co_argcount]]
    shown = [repr(value) for value in values if type(value) in (int, float, str, bool)]
    return f'{name}({", ".join(shown)})'[:_LONGEST_NAME] if shown else name
