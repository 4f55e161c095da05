"""What a reader does to a run: cancel a task, or take the backend down and up, at a chosen time."""


class Interference:
    """The interference of a request, the earliest first. It is performed before the tasks that wake at its time."""

    def __init__(self, entries, cancels):
        self.is_down = False
        self._left = sorted(entries, key=lambda entry: entry['at'], reverse=True)
        self._cancels = cancels

    def next_due(self):
        """The time of the next one in nanoseconds, as a list of at most one."""
        return [_nanoseconds(self._left[-1])] if self._left else []

    def perform_due(self, loop):
        """Performs all for which the time has come."""
        while self._left and _nanoseconds(self._left[-1]) <= loop.clock.ns:
            entry = self._left.pop()
            if entry['what'] == 'cancel':
                self._cancel(entry['task'], loop)
            else:
                self._turn(entry['what'] == 'backend down', loop.trace)

    def _turn(self, down, trace):
        if self.is_down == down:
            return
        self.is_down = down
        before, after = ('up', 'down') if down else ('down', 'up')
        trace.add('interfere', what=f'backend {after}', task=None)
        trace.add('state', component='backend', **{'from': before, 'to': after})

    def _cancel(self, number, loop):
        """Cancels a task. One that does not exist, has ended or may not be cancelled is left alone."""
        recorded = next((one for one in loop.tasks.recorded if one.id == number), None)
        if recorded is None or recorded.ended or not self._cancels or not recorded.name.startswith(self._cancels):
            return
        task = recorded.task()
        if task is not None:
            loop.trace.add('interfere', what='cancel', task=number)
            task.cancel()


def _nanoseconds(entry):
    return round(entry['at'] * 1e6)
