"""Errors of a run as a sentence for the learner, with the line of their own code."""

import asyncio
import linecache
import os
import traceback

from .source import PROGRAM, SCENARIO
from .stop import NO_MEMORY, Stop


_LONGEST = 2_000
"""Characters of an error's own words."""


class WrongProgram(Exception):
    """The program cannot be played: something that the exercise needs is missing or of the wrong kind."""

    def __init__(self, sentence, line=None):
        super().__init__(sentence)
        self.line = line


def described(error):
    """An error as `{message, line}`."""
    message, line = _message(error), _line(error)
    return {'message': f'Line {line}: {message}' if line else message, 'line': line}


def failed(error):
    """The outcome of a run that this package could not finish. It uses no built-in function: a program may have changed them."""
    line, frame = None, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == PROGRAM:
            line = frame.tb_lineno
        frame = frame.tb_next
    where = '' if line is None else f'Line {line}: '
    message = f'{where}The program changed a part of Python that the run itself needs ({error.__class__.__name__}).'
    ended = {'error': message, 'stuck': [], 'elapsed': 0, 'tasks': 0}
    return {'events': [], 'ended': ended, 'error': {'message': message, 'line': line}, 'notes': [], 'is_whole': False}


def _message(error):
    if isinstance(error, Stop):
        return error.sentence
    if isinstance(error, WrongProgram):
        return str(error)
    if isinstance(error, SystemExit):
        return 'The program called sys.exit(). A run ends by itself.'
    if isinstance(error, asyncio.CancelledError):
        return 'The main task was cancelled: a CancelledError came out of the program.'
    if isinstance(error, MemoryError):
        return NO_MEMORY
    if isinstance(error, BaseExceptionGroup):
        parts = '; '.join(_message(part) for part in error.exceptions[:3])
        return f'{type(error).__name__}: {error.message}: {parts}'
    if isinstance(error, NotImplementedError | LookupError | AttributeError) and _is_of_network(error):
        return 'NotImplementedError: a run has no network, no processes and no signals.'
    if isinstance(error, ModuleNotFoundError):
        return f'{_spelled(error)}. Only modules of the standard library are here, and not all of them.'
    return _spelled(error) + _use(error)


def _spelled(error):
    """The last line of a traceback, with Python's suggestion: "Did you mean: 'future'?"."""
    try:
        # Of a long one, `traceback` would take seconds.
        words = ''.join(part for part in error.args if isinstance(part, str))
        if len(words) > _LONGEST:
            return f'{type(error).__name__}: {words[:_LONGEST]}...'
        lines = list(traceback.TracebackException.from_exception(error).format_exception_only())
    except Exception:
        # Its `__str__` fails.
        return type(error).__name__
    return lines[-1].strip()[:_LONGEST]


_NETWORK = ('base_events.py', 'events.py', 'unix_events.py', 'selector_events.py', 'socket.py', 'subprocess.py', 'streams.py')
"""Files of Python that need more than there is here."""


def _is_of_network(error):
    """Whether what Python has for networks, processes and signals raised it, and not the program."""
    files = [frame.tb_frame.f_code.co_filename for frame in _frames(error.__traceback__)]
    return bool(files) and files[-1] not in (PROGRAM, SCENARIO) and os.path.basename(files[-1]) in _NETWORK


def _use(error):
    """How the exercise uses what the program has, where that is what failed."""
    if not isinstance(error, TypeError | AttributeError):
        return ''
    frames = [frame for frame in _frames(error.__traceback__) if frame.tb_frame.f_code.co_filename in (PROGRAM, SCENARIO)]
    if not frames or frames[-1].tb_frame.f_code.co_filename == PROGRAM:
        return ''
    return f'. The exercise uses it like this: `{linecache.getline(SCENARIO, frames[-1].tb_lineno).strip()}`'


def _line(error):
    """The innermost line of the learner's code."""
    if isinstance(error, Stop | WrongProgram):
        return error.line
    if isinstance(error, SyntaxError) and error.filename == PROGRAM:
        return error.lineno
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_line, error.exceptions)), _own_line(error))
    # A StopIteration that leaves a coroutine becomes the cause of another error.
    return _own_line(error) or error.__cause__ and _own_line(error.__cause__)


def _own_line(error):
    lines = [frame.tb_lineno for frame in _frames(error.__traceback__) if frame.tb_frame.f_code.co_filename == PROGRAM]
    return lines[-1] if lines else None


def _frames(frame):
    while frame is not None:
        yield frame
        frame = frame.tb_next
