"""How often something dear may be done: so seldom that it takes a bounded share of the time, by what it cost so far."""

from __future__ import annotations

import math
from typing import Final


class Pace:
    """When to do something next. Times are seconds of any one clock; costs are seconds, too."""

    def __init__(self, interval: float, share: float, longest: float = math.inf) -> None:
        """At least ``interval`` and at most ``longest`` lie between two times; between these bounds the work takes no
        more than ``share`` (0 to 1) of the time."""
        self._interval: Final = interval
        self._share: Final = share
        self._longest: Final = longest
        self._due = -math.inf

    def is_due(self, now: float) -> bool:
        """Whether it may be done."""
        return now >= self._due

    def done(self, now: float, cost: float) -> None:
        """It was done just now, and cost so much."""
        self._due = now + min(max(self._interval, cost / self._share), self._longest)

    def reset(self) -> None:
        """It may be done at once."""
        self._due = -math.inf
