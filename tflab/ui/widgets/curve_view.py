"""Which part of a curve is in sight: the arithmetic of zooming and panning."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class CurveView:
    """What one drawing shows of its curves."""

    start: float | None = None
    """First step in sight; None for all of the curve, also as it grows."""
    stop: float | None = None
    log: bool = False
    """A logarithmic vertical axis."""

    def span(self, first: float, last: float) -> tuple[float, float]:
        """The steps in sight of a curve that goes from ``first`` to ``last``."""
        start, stop = (first, last) if self.start is None or self.stop is None else (self.start, self.stop)
        return (start, stop) if stop > start else (start - 0.5, start + 0.5)

    def zoomed(self, factor: float, centre: float | None, first: float, last: float, closest: float = 2.0) -> CurveView:
        """With ``factor`` times as much in sight, ``centre`` staying where it is; at most the whole curve.

        Nothing changes where less than ``closest`` would be in sight.
        """
        start, stop = self.span(first, last)
        centre = (start + stop) / 2 if centre is None else min(max(centre, start), stop)
        start, stop = centre - (centre - start) * factor, centre + (stop - centre) * factor
        if stop - start >= last - first:
            return self.fitted()
        if stop - start < closest:
            return self
        return self._within(start, stop, first, last)

    def panned(self, fraction: float, first: float, last: float) -> CurveView:
        """Moved by a fraction of what is in sight, not beyond the curve's ends."""
        if self.start is None:
            return self
        start, stop = self.span(first, last)
        by = (stop - start) * fraction
        return self._within(start + by, stop + by, first, last)

    def with_log(self, log: bool) -> CurveView:
        """With a logarithmic vertical axis, or without."""
        return replace(self, log=log)

    def fitted(self) -> CurveView:
        """All of the curve."""
        return replace(self, start=None, stop=None)

    def _within(self, start: float, stop: float, first: float, last: float) -> CurveView:
        if start < first:
            start, stop = first, first + stop - start
        elif stop > last:
            start, stop = last - (stop - start), last
        return replace(self, start=start, stop=stop)
