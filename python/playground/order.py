"""Which of the ready tasks runs next.

Only steps of tasks change places. Other callbacks of the loop keep their order, since asyncio relies on it.
"""

import random


class Order:
    """First come, first served; drawn from a seed; or following given choices."""

    def __init__(self, seed=None, choices=None):
        self._random = None if seed is None else random.Random(seed)
        self._choices = list(reversed(choices or ()))

    def take(self, ready, is_step):
        """Takes the callback that runs next off the ready ones."""
        in_turn = self._random is None and not self._choices
        if in_turn or len(ready) == 1 or not is_step(ready[0]):
            return ready.popleft()
        steps = [place for place, handle in enumerate(ready) if is_step(handle) and not handle._cancelled]
        if len(steps) < 2:
            return ready.popleft()
        place = steps[self._choose(len(steps))]
        handle = ready[place]
        del ready[place]
        return handle

    def _choose(self, number):
        if self._random is not None:
            return self._random.randrange(number)
        return min(self._choices.pop(), number - 1)
