"""What a run sees instead of the real time, the real chance and the real output; all of it is restored afterwards.

A program may change any module, so the contents of all modules, and of the classes of asyncio, are copied before the first
run and put back after each. A module that is not loaded before a run is unloaded after it.
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
from contextlib import contextmanager
from functools import cache
from operator import is_

from .clock import EPOCH_NS

_CLOSED = ('js', 'pyodide', 'pyodide_js', '_pyodide', '_pyodide_core', 'ctypes', '_ctypes', 'webbrowser')
"""Modules that lead out of the sandbox."""


@contextmanager
def patched(run):
    """Puts the patches in place for the time of one run. `run` has the clock, the output and what is called back."""
    saved = _Saved()
    try:
        _patch_time(run.clock)
        _patch_chance(run.seed or 0)
        _patch_output(run)
        for name in [*_CLOSED, *filter(_is_closed, sys.modules)]:
            sys.modules[name] = None
        events._set_running_loop(None)
        # Pyodide puts one of its own in its place, which needs JavaScript.
        asyncio.run = asyncio.runners.run
        # A collection at any moment would run finalizers in the middle of the learner's code.
        gc.disable()
        sys.set_coroutine_origin_tracking_depth(1)
        yield
    finally:
        saved.restore()


def _is_closed(name):
    return name.partition('.')[0] in _CLOSED


class _Saved:
    """The state of the interpreter that a program may change."""

    def __init__(self):
        self._contents = _contents()
        self._running = events._get_running_loop()
        self._random = random.getstate()
        self._modules = dict(sys.modules)
        self._streams = sys.stdout, sys.stderr, sys.unraisablehook
        self._recursion = sys.getrecursionlimit()

    def restore(self):
        sys.set_coroutine_origin_tracking_depth(0)
        gc.enable()
        for thing, contents in self._contents:
            _put_back(thing, contents)
        sys.modules.clear()
        sys.modules.update(self._modules)
        sys.stdout, sys.stderr, sys.unraisablehook = self._streams
        sys.setrecursionlimit(self._recursion)
        random.setstate(self._random)
        events._set_running_loop(self._running)


_HEAP_TYPE = 1 << 9


@cache
def _contents():
    """What modules, and the classes of asyncio, contain that a program may change: as it is before the first run."""
    # The host works in `__main__`.
    closed = ('__main__', *filter(_is_closed, sys.modules))
    modules = [module for name, module in sys.modules.items() if type(module) is type(sys) and name not in closed]
    own = [module for module in modules if module.__name__.partition('.')[0] == 'asyncio']
    classes = {
        value for module in own for value in vars(module).values()
        if isinstance(value, type) and value.__module__.startswith('asyncio.') and value.__flags__ & _HEAP_TYPE
    }
    return [(thing, dict(vars(thing))) for thing in (*modules, *classes)]


def _put_back(thing, contents):
    now = vars(thing)
    if list(now) == list(contents) and all(map(is_, now.values(), contents.values())):
        return
    for name in [name for name in now if name not in contents]:
        delattr(thing, name)
    for name, value in contents.items():
        if now.get(name) is not value:
            setattr(thing, name, value)


def _patch_time(clock):
    for name in ('monotonic', 'perf_counter', 'process_time', 'thread_time'):
        setattr(time, name, clock.seconds)
        setattr(time, f'{name}_ns', clock.read)
    time.time = lambda: (EPOCH_NS + clock.read()) / 1e9
    time.time_ns = lambda: EPOCH_NS + clock.read()
    time.sleep = lambda seconds: _block(clock, seconds)

    class SimulatedDatetime(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls):
            return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)

    SimulatedDatetime.__name__ = SimulatedDatetime.__qualname__ = 'datetime'
    datetime.datetime = SimulatedDatetime


def _block(clock, seconds):
    """`time.sleep` blocks the loop: the time passes, and no task runs meanwhile."""
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    clock.advance_to(clock.ns + round(seconds * 1e9))


def _patch_chance(seed):
    random.seed(seed)
    os.urandom = random._urandom = random.Random(seed).randbytes


def _patch_output(run):
    sys.stdout = run.output
    sys.stderr = run.errors
    sys.unraisablehook = lambda unraisable: None
    warnings.showwarning = lambda message, category, *rest: run.note(f'{category.__name__}: {message}', None)
    warnings._warn_unawaited_coroutine = lambda coroutine: run.note(*_unawaited(coroutine))
    builtins.input = _no_input


def _unawaited(coroutine):
    origin = coroutine.cr_origin
    line = origin[0][1] if origin else None
    return f'The coroutine {coroutine.__qualname__}() was never awaited: it did not run.', line


def _no_input(prompt=''):
    raise RuntimeError('input() does not work here: a run has no keyboard. Put the value in the code.')
