"""What one run may use. Each limit ends the run with a sentence that names it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of a run."""

    lines: int = 20_000
    """Lines of output."""
    output: int = 1_000_000
    """Characters of output."""
    events: int = 200_000
    tasks: int = 20_000
    readings: int = 100_000
    """Readings of the clock at one moment."""
    callbacks: int = 1_000_000
    """Callbacks of the loop at one moment."""
    jumps: int = 2_000_000
    """Rounds of the learner's loops between two awaits."""
    ns: int = 100_000 * 10**9
    """Simulated time."""
