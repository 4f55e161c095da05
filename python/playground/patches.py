"""What a run sees instead of the real time, the real chance and the real output.

Nothing is restored afterwards: the host puts the memory of the whole interpreter back before the next run.
"""

import asyncio
import builtins
import datetime
import gc
import os
import random
import sys
import time
import warnings
from asyncio import events

from .clock import EPOCH_NS

_CLOSED = ('js', 'pyodide', 'pyodide_js', '_pyodide', '_pyodide_core', 'ctypes', '_ctypes', 'webbrowser')
"""Modules that lead out of the sandbox."""


def close():
    """Closes the ways out of the sandbox."""
    for name in [*_CLOSED, *filter(_is_closed, sys.modules)]:
        sys.modules[name] = None


def _is_closed(name):
    return name.partition('.')[0] in _CLOSED


def patch(run):
    """Puts the patches in place for one run. `run` has the clock, the output and what is called back."""
    _patch_time(run.clock)
    _patch_chance(run.seed or 0)
    _patch_output(run)
    events._set_running_loop(None)
    # Pyodide puts its own in their place, which need JavaScript.
    asyncio.run = asyncio.runners.run
    make = run.make_loop if run.as_it_is else _no_loop
    asyncio.set_event_loop_policy(_Loops(make))
    asyncio.SelectorEventLoop = asyncio.EventLoop = make
    # A collection at any moment would run finalizers in the middle of the learner's code.
    gc.disable()
    sys.set_coroutine_origin_tracking_depth(1)


def _no_loop(*_):
    raise RuntimeError('There is no event loop here: the exercise makes one and runs the program itself. Leave this out.')


class _Loops(asyncio.AbstractEventLoopPolicy):
    """Makes the loops of a program that runs as it is. Otherwise that of the exercise is the only one."""

    def __init__(self, make):
        self.new_event_loop = make
        self._loop = None

    def get_event_loop(self):
        if self._loop is None:
            self._loop = self.new_event_loop()
        return self._loop

    def set_event_loop(self, loop):
        self._loop = loop


def _patch_time(clock):
    for name in ('monotonic', 'perf_counter', 'process_time', 'thread_time'):
        setattr(time, name, clock.seconds)
        setattr(time, f'{name}_ns', clock.read)
    time.time = lambda: (EPOCH_NS + clock.read()) / 1e9
    time.time_ns = lambda: EPOCH_NS + clock.read()
    time.sleep = lambda seconds: _block(clock, seconds)
    for name in ('localtime', 'gmtime', 'ctime'):
        setattr(time, name, _now_unless_given(getattr(time, name), time.time))
    strftime, asctime, localtime = time.strftime, time.asctime, time.localtime
    time.strftime = lambda format, moment=None: strftime(format, localtime() if moment is None else moment)
    time.asctime = lambda moment=None: asctime(localtime() if moment is None else moment)

    class SimulatedDatetime(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls):
            return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)

    SimulatedDatetime.__name__ = SimulatedDatetime.__qualname__ = 'datetime'
    datetime.datetime = SimulatedDatetime


def _now_unless_given(function, now):
    return lambda seconds=None: function(now() if seconds is None else seconds)


def _block(clock, seconds):
    """`time.sleep` blocks the loop: the time passes, and no task runs meanwhile."""
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    clock.block(round(seconds * 1e9))


def _patch_chance(seed):
    random.seed(seed)
    os.urandom = random._urandom = random.Random(seed).randbytes


def _patch_output(run):
    sys.stdout = sys.__stdout__ = run.output
    sys.stderr = sys.__stderr__ = run.errors
    sys.unraisablehook = lambda unraisable: None
    warnings.showwarning = lambda message, category, *rest: run.note(f'{category.__name__}: {message}', None)
    warnings._warn_unawaited_coroutine = lambda coroutine: run.note(*_unawaited(coroutine))
    builtins.input = _no_input
    for name in ('_exit', 'abort', 'kill'):
        setattr(os, name, _no_end(name))
    sys.addaudithook = _no_hook
    sys.setrecursionlimit = _limit_recursion


def _unawaited(coroutine):
    origin = coroutine.cr_origin
    line = origin[0][1] if origin else None
    return f'The coroutine {coroutine.__qualname__}() was never awaited: it did not run.', line


def _no_input(prompt=''):
    raise RuntimeError('input() does not work here: a run has no keyboard. Put the value in the code.')


_MOST_FRAMES = 3_000
"""Many more fill the stack, which ends the interpreter."""


def _limit_recursion(most, _set=sys.setrecursionlimit):
    _set(min(most, _MOST_FRAMES))


def _no_end(name):
    def refuse(*_):
        raise RuntimeError(f'os.{name}() does not work here. A run ends by itself.')

    return refuse


def _no_hook(hook):
    raise RuntimeError('sys.addaudithook() does not work here: a hook cannot be removed, and it would hear the playground too.')
