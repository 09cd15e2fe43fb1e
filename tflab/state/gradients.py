"""What each call of ``GradientTape.gradient`` gave, now and over the last steps."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tflab.protocol.events import GradientRecord, GradientsRecorded
from tflab.state.places import Place, place_of

MOST_SITES: Final = 32
KEPT_RECORDS: Final = 20_000
"""Gradient records that a site keeps, over all its variables: memory stays bounded however large the model."""


@dataclass
class GradientSite:
    """One call of ``gradient`` in the learner's code."""

    place: Place
    cell: int | None = None
    """The cell that ran when it was recorded last."""
    run: int = 0
    """The run of a cell that recorded it last, by `GradientSites.run`."""
    stale: bool = False
    """Its cell has been started anew and has not come here yet."""
    history: deque[GradientsRecorded] = field(default_factory=deque)
    """Oldest first, by ascending step."""

    @property
    def latest(self) -> GradientsRecorded:
        """The gradients of the last recorded step."""
        return self.history[-1]

    def at(self, step: int | None) -> GradientsRecorded:
        """The gradients recorded at ``step`` or last before it; the latest for None."""
        if step is None:
            return self.latest
        steps = [event.step for event in self.history]
        return self.history[max(0, bisect_right(steps, step) - 1)]

    def norms(self, index: int, count: int, step: int | None = None) -> list[float | None]:
        """The norms of variable ``index`` in the last ``count`` records up to ``step``, oldest first."""
        events = [event for event in self.history if step is None or event.step <= step][-count:]
        return [event.gradients[index].norm if index < len(event.gradients) else None for event in events]

    def record(self, event: GradientsRecorded) -> None:
        """Adds the gradients of a step; steps that begin anew forget the ones before."""
        if self.history and event.step < self.latest.step:
            self.history.clear()
        elif self.history and event.step == self.latest.step:
            self.history.pop()
        self.history.append(event)
        most = max(2, KEPT_RECORDS // max(1, len(event.gradients)))
        while len(self.history) > most:
            self.history.popleft()


@dataclass
class GradientSites:
    """All calls, those of the latest run first."""

    version: int = 0
    run: int = 0
    """Counts the runs of cells."""
    _sites: dict[Place, GradientSite] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._sites)

    def __iter__(self) -> Iterator[GradientSite]:
        return iter(sorted(self._sites.values(), key=lambda site: -site.run))

    def begin(self, cell: int | None) -> None:
        """``cell`` is run, perhaps once more: what it records now takes the place of what it recorded before."""
        self.run += 1
        for site in self._sites.values():
            site.stale = site.stale or site.cell == cell

    def record(self, event: GradientsRecorded) -> None:
        """Adds what one call gave."""
        place = place_of(event.site)
        known = self._sites.get(place)
        if known is None:
            # In an edited cell the call may stand in another line.
            for other in [site.place for site in self._sites.values() if site.stale and site.place.file == place.file]:
                del self._sites[other]
            if len(self._sites) >= MOST_SITES:
                del self._sites[next(iter(self._sites))]
            known = self._sites[place] = GradientSite(place)
        known.cell, known.run, known.stale = event.cell, self.run, False
        known.record(event)
        self.version += 1

    def missing(self) -> list[GradientRecord]:
        """The gradients that are None, of the calls of the latest run."""
        latest = max((site.run for site in self._sites.values()), default=0)
        sites = [site for site in self if site.run == latest]
        return [record for site in sites for record in site.latest.gradients if record.kind == "none"]
