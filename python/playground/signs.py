"""Signs of life for the host, which ends a run that gives none: the line of the program that is running."""

import os

_write = os.write


class Signs:
    """Writes to a device of the host, as long as the block runs; to nothing where there is no device."""

    def __init__(self, path=None):
        self._path = path
        self._device = None

    def __enter__(self):
        if self._path is not None:
            self._device = os.open(self._path, os.O_WRONLY)
        return self

    def __exit__(self, *error):
        if self._device is not None:
            os.close(self._device)
            self._device = None

    def give(self, line=None):
        """Gives a sign, with the line where it is known."""
        if self._device is not None:
            _write(self._device, str(line or 0).encode())
