"""Which of the ready tasks runs next.

Only steps of tasks change places. Other callbacks of the loop keep their order, since asyncio relies on it.
"""

import random


class Order:
    """First come, first served; drawn from a seed; or following given choices.

    `listen`, if there is one, gets the ready steps of each decision, the longest ready first.
    """

    def __init__(self, seed=None, choices=None, listen=None):
        self._random = None if seed is None else random.Random(seed)
        self._choices = list(reversed(choices or ()))
        self._listen = listen

    def take(self, ready, is_step):
        """Takes the callback that runs next off the ready ones."""
        in_turn = self._random is None and not self._choices
        if (in_turn and self._listen is None) or len(ready) == 1 or not is_step(ready[0]):
            return ready.popleft()
        steps = [place for place, handle in enumerate(ready) if is_step(handle) and not handle._cancelled]
        if len(steps) < 2:
            return ready.popleft()
        if self._listen is not None:
            self._listen([ready[place] for place in steps])
        place = steps[self._choose(len(steps))]
        handle = ready[place]
        del ready[place]
        return handle

    def _choose(self, number):
        if self._random is not None:
            return self._random.randrange(number)
        return min(self._choices.pop(), number - 1) if self._choices else 0
