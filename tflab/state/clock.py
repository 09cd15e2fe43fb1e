"""When the steps of a curve were reached: what lets steps, epochs, traces and tensors be laid beside each other."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from tflab.protocol.events import MetricScope
from tflab.state.places import Place

MOST_MARKS: Final = 4096
"""Beyond this number every second mark is forgotten: steps between two marks are taken as evenly spaced."""
_BATCH_SECONDS: Final = 0.1
"""About how long the first batch of values was gathered; nothing tells when it began."""


@dataclass(frozen=True)
class Moment:
    """A point picked on a curve: what every panel shows until the person goes back to the latest."""

    scope: MetricScope
    step: int
    time: float
    """Unix seconds, when that step was reached; between two batches of values it is interpolated."""
    place: Place | None = None
    """The gradient call whose loss was picked; None for other metrics."""


class StepClock:
    """Steps and the Unix seconds at which they were reached, both ascending."""

    def __init__(self) -> None:
        self.steps: list[float] = []
        self.times: list[float] = []

    def __bool__(self) -> bool:
        return bool(self.steps)

    def note(self, first: int, last: int, time: float) -> None:
        """The steps from ``first`` to ``last`` came in one batch, closed at ``time``."""
        if not self.steps:
            self._append(first, time - _BATCH_SECONDS if last > first else time)
        if last > self.steps[-1]:
            # A clock that was set back must not turn the order of steps round.
            self._append(last, max(time, self.times[-1]))

    def _append(self, step: float, time: float) -> None:
        self.steps.append(step)
        self.times.append(time)
        if len(self.steps) > MOST_MARKS:
            del self.steps[1:-1:2], self.times[1:-1:2]

    def time_of(self, step: float) -> float:
        """When ``step`` was reached; the first or last known time outside. Raises IndexError without any mark."""
        return _between(self.steps, self.times, step)

    def step_at(self, time: float) -> float:
        """The step that had been reached at ``time``, the first or last known one outside. Raises IndexError."""
        return _between(self.times, self.steps, time)


def _between(known: list[float], wanted: list[float], at: float) -> float:
    """``wanted`` where ``known`` is ``at``, by straight lines."""
    right = bisect_right(known, at)
    if right == 0:
        return wanted[0]
    if right == len(known):
        return wanted[-1]
    left = right - 1
    return wanted[left] + (at - known[left]) / (known[right] - known[left]) * (wanted[right] - wanted[left])
