"""The random numbers of a scenario: the generator of the Rust programs, see `src/runtime/random.rs`."""

_MASK = 2**64 - 1


class RandomBits:
    """SplitMix64."""

    def __init__(self, seed):
        self._state = seed

    def next_32(self):
        """The next 32 random bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _MASK
        return (z ^ (z >> 31)) >> 32
