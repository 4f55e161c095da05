"""An event loop of asyncio on simulated time.

It has no selector, no threads and no sockets. When nothing is ready, it moves the clock to the next deadline; when there is
none either, the run is stuck. Attributes of asyncio that are private and that it uses: `_ready`, `_scheduled`,
`_timer_cancelled_count`, `_stopping` and `_run_once` of the loop, `_when`, `_scheduled`, `_cancelled`, `_callback` and
`_run` of handles. The tests in `tests/python` fail where one of them is gone.
"""

import asyncio
import heapq
import sys
from asyncio import base_events, events

from .clock import milliseconds
from .source import running_line
from .stop import Stop
from .tasks import recorded_coroutine


_SIGN = 0x3FF
"""The number of callbacks between two signs of life to the host."""

_NEVER = 1e9
"""Seconds that no run reaches. Deadlines after it, infinity too, are all the same."""


class _Callback(events.Handle):
    """A callback that remembers which task scheduled it: a task that it wakes was woken by that one."""

    __slots__ = ('by',)


class _Timer(events.TimerHandle):
    """A timer, in whole nanoseconds. Equal deadlines keep the order in which they were set."""

    __slots__ = ('number',)
    by = None

    def __lt__(self, other):
        return (self._when, self.number) < (other._when, other.number)


class SimulatedLoop(base_events.BaseEventLoop):
    """Runs callbacks in an order of tasks, and notes what wakes them."""

    def __init__(self, tasks, order, interference, complain, rounds, signs):
        super().__init__()
        self.tasks = tasks
        self.trace = tasks.trace
        self.clock = tasks.trace.clock
        self._order = order
        self._interference = interference
        self._complain = complain
        self._rounds = rounds
        self._signs = signs
        self._timers_set = 0
        self._moment = 0
        self._callbacks = 0
        self._run_so_far = 0

    def __del__(self):
        # It has nothing that must be closed, so it warns of nothing.
        pass

    # BaseEventLoop leaves these to its subclasses.

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass

    def time(self):
        """The time in seconds. asyncio itself reads it exactly, so that deadlines are exact; others take a reading."""
        if sys._getframe(1).f_globals.get('__name__', '').startswith('asyncio'):
            return self.clock.ns / 1e9
        return self.clock.seconds()

    def call_at(self, when, callback, *args, context=None):
        if when != when:
            raise ValueError('a delay must be a number, not NaN')
        timer = _Timer(round(max(0, min(when, _NEVER)) * 1e9), callback, args, self, context)
        self._timers_set += 1
        timer.number = self._timers_set
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def call_soon(self, callback, *args, context=None):
        handle = _Callback(callback, args, self, context)
        handle.by = self.trace.current
        self._ready.append(handle)
        if _is_wakeup(callback):
            self._note_wake(callback.__self__)
        return handle

    # There are no threads.
    call_soon_threadsafe = call_soon

    def create_task(self, coro, **options):
        return self.tasks.make(self, coro, **options)

    def run_in_executor(self, executor, function, *args):
        """Calls the function at once, since there are no threads here. Its answer comes when the time that it slept is over."""
        future = self.create_future()
        answer, slept = self.clock.in_thread(lambda: _answer(function, args))
        end = future.set_result if answer[0] else future.set_exception
        if slept == 0:
            end(answer[1])
        else:
            self.call_at((self.clock.ns + slept) / 1e9, lambda: future.done() or end(answer[1]))
        return future

    def default_exception_handler(self, context):
        self._complain(context)

    def _note_wake(self, task):
        recorded = recorded_coroutine(task)
        if recorded is not None and recorded.wait is not None and not recorded.woken:
            recorded.woken = True
            self.trace.wake(recorded, self.trace.current)

    def _run_once(self):
        # What cleans up after a stop runs no further steps.
        if Stop.raised is not None:
            raise Stop.raised
        if not self._ready and not self._stopping:
            self._advance()
        self._fire()
        for _ in range(len(self._ready)):
            self._run(self._order.take(self._ready, is_step))

    def _advance(self):
        due = self._deadline()
        if due is None:
            raise self._stuck()
        if due > self.trace.limits.ns:
            raise Stop(f'Nothing more happens until {due // 10**9:,} s. A run ends there.')
        self.clock.advance_to(due)

    def _deadline(self):
        """When something is due next, in nanoseconds."""
        while self._scheduled and self._scheduled[0]._cancelled:
            self._timer_cancelled_count -= 1
            heapq.heappop(self._scheduled)._scheduled = False
        timers = [self._scheduled[0]._when] if self._scheduled else []
        return min(timers + self._interference.next_due(), default=None)

    def _fire(self):
        """Performs what is due: interference first, then timers."""
        self._interference.perform_due(self)
        while self._scheduled and self._scheduled[0]._when <= self.clock.ns:
            timer = heapq.heappop(self._scheduled)
            timer._scheduled = False
            self._ready.append(timer)

    def _run(self, handle):
        if handle._cancelled:
            return
        self._count()
        self._rounds.reset()
        self.trace.current = handle.by
        handle._run()
        self.trace.current = None
        # A task keeps an error to itself, even this one.
        if Stop.raised is not None:
            raise Stop.raised

    def _count(self):
        if self._moment != self.clock.ns:
            self._moment, self._callbacks = self.clock.ns, 0
        self._callbacks += 1
        self._run_so_far += 1
        if self._run_so_far & _SIGN == 0:
            self._signs.give()
        if self._callbacks > self.trace.limits.callbacks:
            raise Stop(
                f'At {milliseconds(self.clock.ns)} ms the tasks run on and on, and no time passes. '
                'Simulated time passes only where a task sleeps.',
                running_line(),
            )

    def _stuck(self):
        """The tasks that wait while nothing can wake them."""
        waiting = [recorded for recorded in self.tasks.recorded if recorded.wait is not None]
        stuck = [{'task': recorded.name, 'waits': [_awaited(recorded.wait)]} for recorded in waiting]
        # The main task waits for the others, so its own line says least.
        lines = [recorded.wait.line for recorded in waiting[1:] + waiting[:1] if recorded.wait.line]
        at = milliseconds(self.clock.ns)
        return Stop(f'Stuck at {at} ms: no task can go on, and no timer is set.', next(iter(lines), None), stuck)


def _answer(function, args):
    """Whether a function returned, and what it returned or raised."""
    try:
        return True, function(*args)
    except Exception as error:
        return False, error


def _awaited(wait):
    """A wait in words, with its line: `a future at line 25`."""
    on = {'task': 'the task', 'gather': 'the tasks of a gather', 'turn': 'its turn'}.get(wait.on, f'{_article(wait.on)} {wait.on}')
    target = f' {wait.target}' if wait.target else ''
    line = f' at line {wait.line}' if wait.line else ''
    return {'on': f'{on}{target}{line}', 'for': None}


def _article(noun):
    return 'an' if noun[0] in 'aeiou' else 'a'


def _is_wakeup(callback):
    """Whether a callback resumes a task that has waited. Such a callback of a C task is a method of the task."""
    return getattr(callback, '__name__', '') == 'TaskWakeupMethWrapper' or (
        isinstance(getattr(callback, '__self__', None), asyncio.Task)
    )


def is_step(handle):
    """Whether a callback is a step of a task, and no other callback."""
    return type(handle._callback).__name__ == 'TaskStepMethWrapper' or _is_wakeup(handle._callback)
