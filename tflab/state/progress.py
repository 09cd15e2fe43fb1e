"""How far the running cell has come, and how long it may still take."""

from __future__ import annotations

from dataclasses import dataclass

from tflab.protocol.loop_progress import LoopCount, LoopProgressed

_ENOUGH: float = 0.01
"""What must have been done while it was watched before an estimate means anything."""


@dataclass
class Progress:
    """The loops of one run of a cell."""

    loops: tuple[LoopCount, ...] = ()
    """Outermost first; empty where no loop of known length runs."""
    _began: tuple[float, float] | None = None
    """When the outermost loop was seen first, Unix seconds, and how far it was."""
    _seen: float = 0.0

    def record(self, event: LoopProgressed) -> None:
        """Takes in how far the loops are; another outermost loop begins anew."""
        known = [loop for loop in event.loops if loop.total > 1 and 0 <= loop.done <= loop.total]
        before = self.loops[0] if self.loops else None
        self.loops = tuple(known)
        if not known:
            self._began = None
            return
        outer = known[0]
        same = before is not None and (before.name, before.total) == (outer.name, outer.total)
        if self._began is None or not same or self.fraction < self._began[1]:
            self._began = (event.time, self.fraction)
        self._seen = event.time

    @property
    def fraction(self) -> float:
        """0 to 1, of the outermost loop, rounds of inner loops counted."""
        part = 0.0
        for loop in reversed(self.loops):
            part = (loop.done + part) / loop.total
        return min(1.0, part)

    def remaining(self, now: float) -> float | None:
        """Seconds that the outermost loop may still take at ``now`` (Unix seconds); None while that is a guess."""
        if self._began is None:
            return None
        began, at = self._began
        done = self.fraction - at
        if done < _ENOUGH or self._seen <= began:
            return None
        whole = (self._seen - began) * (1 - self.fraction) / done
        return max(0.0, whole - (now - self._seen))
