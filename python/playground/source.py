"""Which code is the learner's, and which of its lines is running."""

import asyncio
import gc
import linecache
import os
import sys

ASYNCIO = os.path.dirname(asyncio.__file__)

PROGRAM = 'program.py'
"""The file name of the learner's code."""

SCENARIO = 'scenario.py'
"""The file name of the exercise's own code, which plays the program."""

_SHOWN = {PROGRAM, SCENARIO}

_MOST_FRAMES = 500


def note_source(file, source):
    """Lets tracebacks and messages show the lines of this file."""
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)


def running():
    """The file and line that is running: the innermost of the program or the scenario."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename in _SHOWN:
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def running_line():
    """The line of the learner's code that is running, if one is."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == PROGRAM:
            return frame.f_lineno
        frame = frame.f_back
    return None


def waiting(coroutine):
    """Where a suspended coroutine waits: its file and line, and the function of asyncio that it waits in.

    The place is the innermost one of the learner's code, or of the scenario where the learner's code has none.
    """
    places, inside = {}, None
    for frame in await_chain(coroutine):
        code = frame.f_code
        if code.co_filename in _SHOWN:
            places[code.co_filename] = frame.f_lineno
        elif code.co_filename.startswith(ASYNCIO):
            inside = code.co_qualname
    for file in (PROGRAM, SCENARIO):
        if file in places:
            return (file, places[file]), inside
    return None, inside


def await_chain(awaitable):
    """The frames of an await stack, the outermost first."""
    for _ in range(_MOST_FRAMES):
        if awaitable is None:
            return
        frame, inner = _step(awaitable)
        if frame is not None:
            yield frame
        awaitable = inner


def _step(awaitable):
    """The frame of an awaitable and what it awaits."""
    for frame, inner in (('cr_frame', 'cr_await'), ('ag_frame', 'ag_await'), ('gi_frame', 'gi_yieldfrom')):
        if hasattr(awaitable, frame):
            return getattr(awaitable, frame), getattr(awaitable, inner)
    # `asend()` and `__await__()` objects have no attributes for it, but they refer to what they wrap.
    return None, next(filter(_is_link, gc.get_referents(awaitable)), None)


def _is_link(thing):
    has_frame = any(hasattr(thing, frame) for frame in ('cr_frame', 'ag_frame', 'gi_frame'))
    return has_frame or type(thing).__name__ in ('async_generator_asend', 'async_generator_athrow')
