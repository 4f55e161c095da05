"""The output of a program: whole lines, each with its task and time."""

import io

from .source import running_line
from .stop import Stop


class Output(io.TextIOBase):
    """Takes the place of `sys.stdout` and `sys.stderr`."""

    encoding = 'utf-8'
    errors = 'strict'

    def __init__(self, trace):
        self._trace = trace
        self._rest = []
        self._lines = 0
        self._characters = 0

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f'write() argument must be str, not {type(text).__name__}')
        self._characters += len(text)
        if self._characters > self._trace.limits.output:
            self._rest.clear()
            raise Stop(f'The output has more than {self._trace.limits.output:,} characters.', running_line())
        *whole, rest = text.split('\n')
        for line in whole:
            self._end_line(line)
        if rest:
            self._rest.append(rest)
        return len(text)

    def _end_line(self, line):
        self._lines += 1
        if self._lines > self._trace.limits.lines:
            raise Stop(f'The output has more than {self._trace.limits.lines:,} lines.', running_line())
        self._trace.log(''.join(self._rest) + line)
        self._rest.clear()

    def reconfigure(self, **options):
        """Programs set the encoding, which is fixed here."""

    def close(self):
        """It stays open: a run writes on."""

    def end(self):
        """Ends the last line."""
        if self._rest:
            self._end_line('')
